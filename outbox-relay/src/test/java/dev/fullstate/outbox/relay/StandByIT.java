package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.Holder;
import dev.fullstate.outbox.relay.wal.SlotStatus;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalSession.Termination;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs a relay beside another one, and checks both as the server sees them. */
@ExtendWith(OutputCaptureExtension.class)
class StandByIT {

    /** Many times as many looks as a stand-by waits for. */
    private static final int LOOKS = 200;

    private static PostgresServer server;

    private OutboxDatabase database;
    private TcpProxy network;
    private String role;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start(0, Map.of("log_connections", "on", "log_disconnections", "on"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException, IOException {
        database = OutboxDatabase.migrated(server);
        role = "relay_of_" + database.name();
        database.createRelayRole(role);
        network = TcpProxy.to(server.port());
    }

    @AfterEach
    void dropSlot() throws SQLException, IOException {
        network.close();
        database.close();
    }

    /** Makes the leader, with the least rights of a relay. */
    private SteppedRelay leader() {
        return SteppedRelay.of(database, Map.of(), as(role, network.port()));
    }

    private SteppedRelay standby() {
        return standbyAs(role);
    }

    private SteppedRelay standbyAs(String itsRole) {
        return SteppedRelay.of(database, Map.of(), as(itsRole, server.port()));
    }

    private static UnaryOperator<WalSettings> as(String role, int port) {
        return wal -> ChangedSettings.of(wal)
                .port(server.port(), port)
                .role(role, "secret")
                .settings();
    }

    /** Looks at the slot in a time that runs faster than the leader's, so that any sign of life comes too late. */
    private static void look(SteppedRelay standby) {
        for (int i = 0; i < LOOKS && standby.state() == RelayState.STANDBY; i++) {
            standby.moveTime(Duration.ofMillis(100));
            standby.step();
        }
    }

    private static String serverLog() throws IOException {
        Path log = server.dataFolder().resolveSibling("server.log");
        return Files.readString(log);
    }

    private String walSender() throws SQLException {
        return Objects.requireNonNull(database.query(
                "select active_pid from pg_replication_slots where slot_name = '" + database.name() + "'"));
    }

    @Test
    void standByLooksAtTheSlotWithoutNewConnectionsAndWithoutErrorsInTheServersLog() throws Exception {
        try (SteppedRelay leader = leader();
                SteppedRelay standby = standby()) {
            leader.stepUntil(RelayState.STREAMING);
            String before = serverLog();
            standby.stepUntil(RelayState.STANDBY);
            for (int i = 0; i < LOOKS; i++) {
                standby.step();
                leader.step();
            }
            String after = serverLog().substring(before.length());
            assertThat(after).doesNotContain("ERROR", "FATAL", "replication connection authorized");
            // The stand-by opens one, and perhaps the leader its third one, beside the stream.
            assertThat(after.split("connection received", -1).length - 1).isBetween(1, 2);
            assertThat(after).doesNotContain("disconnection");
            assertThat(standby.state()).isEqualTo(RelayState.STANDBY);
            assertThat(standby.problem().message()).contains(database.name(), "process " + walSender());

            assertThat(database.query("select count(*) from pg_stat_activity where usename = '" + role
                            + "' and application_name = 'outbox-relay " + database.name() + "'"))
                    .as("two of the leader, one of the stand-by")
                    .isEqualTo("3");
        }
    }

    @Test
    void standByTakesOverFromACutOffRelayWithoutFurtherRights(CapturedOutput output) throws Exception {
        try (SteppedRelay leader = leader();
                PublishedEvents topic = PublishedEvents.of(
                        SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(database, "order"))) {
            leader.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            leader.stepUntil(topic, 1);
            try (SteppedRelay standby = standby()) {
                standby.stepUntil(RelayState.STANDBY);
                String walSender = walSender();
                standby.stepUntil(() -> signOfLife() != null);

                network.swallow();
                database.insert("a", "2");
                look(standby);
                assertThat(standby.state()).isEqualTo(RelayState.STREAMING);
                standby.stepUntil(topic, 2);
                assertThat(walSender()).isNotEqualTo(walSender);
                assertThat(output)
                        .contains("The relay takes over, because", "process " + walSender)
                        // It looks again where the process takes its time to end.
                        .containsPattern("was silent for 3( s|\\d00 ms)");
                // Otherwise the leader would wait for the network when it is closed.
                network.close();
            }
        }
    }

    private String signOfLife() throws SQLException {
        return database.query(
                "select query_start from pg_stat_activity where application_name = 'outbox-relay alive with "
                        + walSender() + "'");
    }

    @Test
    void standByThatCannotSeeSignsOfLifeSaysSoAndWaitsForTheServer(CapturedOutput output) throws Exception {
        String other = role + "_2";
        database.createRelayRole(other);
        waitsForTheServer(other, output, "its sign of life cannot be seen");
    }

    @Test
    void standByThatMayNotTerminateSaysSoAndWaitsForTheServer(CapturedOutput output) throws Exception {
        String other = role + "_2";
        database.createRelayRole(other);
        database.execute("grant pg_read_all_stats to " + other);
        waitsForTheServer(other, output, "may not terminate it");
    }

    private void waitsForTheServer(String itsRole, CapturedOutput output, String because)
            throws SQLException, IOException {
        try (SteppedRelay leader = leader();
                SteppedRelay standby = standbyAs(itsRole)) {
            leader.stepUntil(RelayState.STREAMING);
            String walSender = walSender();
            standby.stepUntil(RelayState.STANDBY);
            standby.stepUntil(() -> signOfLife() != null);
            network.swallow();
            look(standby);
            assertThat(standby.state()).isEqualTo(RelayState.STANDBY);
            assertThat(walSender()).isEqualTo(walSender);
            assertThat(output.toString().split(because, -1)).as("logged once").hasSize(2);
            network.close();
        }
    }

    @Test
    void relayTooLateForAFreeSlotStandsByWithTheConnectionsThatItHas() throws Exception {
        RelaySettings settings = new RelaySettings(
                database.name(),
                DataSize.ofMegabytes(1),
                Duration.ofMillis(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                PoisonPolicy.all(Poison.STOP),
                AfterLoss.REPORT);
        WalSource source = WalSource.of(as(role, server.port()).apply(SteppedRelay.wal(database)));
        AtomicInteger keptUp = new AtomicInteger();
        PreparedPublisher prepared = new NeverTakesOver(keptUp);
        Stages stages = new Stages(
                settings,
                source,
                new Router("unused", Map.of()),
                pipeline -> prepared,
                System::nanoTime,
                new Refusals(),
                new UnavailableTopics(System::nanoTime),
                new RelayStatistics(InstantSource.system()),
                new BoundedLog(System::nanoTime));
        try (SteppedRelay leader = leader();
                WalSession session = source.open()) {
            leader.stepUntil(RelayState.STREAMING);
            String walSender = walSender();
            String before = serverLog();

            Activity activity = Connecting.takeSlot(stages, session, prepared, null);

            assertThat(activity).isInstanceOf(StandBy.class);
            assertThat(activity.step()).isSameAs(activity);
            assertThat(keptUp).hasValue(1);
            assertThat(serverLog().substring(before.length()).split("ERROR", -1))
                    .hasSize(1);
            assertThat(walSender()).isEqualTo(walSender);
        }
    }

    /** Fails when it takes over: a relay without the slot would fence off the one that has it. */
    private record NeverTakesOver(AtomicInteger keptUp) implements PreparedPublisher {

        @Override
        public void keepUp() {
            keptUp.incrementAndGet();
        }

        @Override
        public Publisher takeOver() {
            throw new AssertionError("The publisher takes over without the slot");
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    @Test
    void standByTerminatesNeitherAnotherProcessNorALivingOne() throws SQLException, IOException {
        try (SteppedRelay leader = leader();
                WalSession standby = WalSource.of(as(role, server.port()).apply(SteppedRelay.wal(database)))
                        .open()) {
            leader.stepUntil(RelayState.STREAMING);
            String walSender = walSender();
            leader.stepUntil(() -> holder(standby).signOfLife() != null);
            Holder before = holder(standby);
            leader.stepUntil(() -> !holder(standby).equals(before));
            assertThat(standby.terminate(before)).as("showed a sign of life").isEqualTo(Termination.NOT_DUE);

            network.swallow();
            Holder now = holder(standby);
            assertThat(standby.terminate(new Holder(now.pid(), "earlier", now.signOfLife())))
                    .as("same process id as an earlier process")
                    .isEqualTo(Termination.NOT_DUE);
            assertThat(standby.terminate(new Holder(now.pid() + 1, now.startedAt(), now.signOfLife())))
                    .isEqualTo(Termination.NOT_DUE);
            assertThat(walSender()).isEqualTo(walSender);

            // A sign of life may still have been on its way.
            await().atMost(Duration.ofMinutes(2)).until(() -> standby.terminate(holder(standby)) == Termination.DONE);
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> standby.slotStatus().map(SlotStatus::holder).isEmpty());
            network.close();
        }
    }

    private static Holder holder(WalSession session) {
        return Objects.requireNonNull(
                session.slotStatus().map(SlotStatus::holder).orElse(null));
    }
}
