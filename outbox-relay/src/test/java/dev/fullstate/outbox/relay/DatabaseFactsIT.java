package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.Points;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.position.Timeline;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.Facts.Ancestor;
import dev.fullstate.outbox.relay.wal.Facts.Note;
import dev.fullstate.outbox.relay.wal.Facts.Trace;
import dev.fullstate.outbox.relay.wal.SlotInUseException;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Reads the facts of a real database by which a relay decides whether it can resume. */
class DatabaseFactsIT extends RelayIntegrationTest {

    @Test
    void publishedRowIsThereOrReplacedOrMissingOrRetired() throws SQLException {
        assertThat(facts(null).newest()).isEqualTo(Trace.UNKNOWN);
        database.insert("a", "1");
        UUID id = UUID.fromString(Objects.requireNonNull(database.query("select id from outbox")));
        assertThat(trace(1, id)).isEqualTo(Trace.THERE);
        assertThat(trace(1, UUID.randomUUID())).isEqualTo(Trace.REPLACED);
        assertThat(trace(2, writtenAt(Duration.ofDays(2))))
                .as("a row with a lower number is there")
                .isEqualTo(Trace.MISSING);

        database.execute("truncate outbox");
        assertThat(trace(2, writtenAt(Duration.ofHours(1))))
                .as("too young to be retired")
                .isEqualTo(Trace.MISSING);
        assertThat(trace(2, writtenAt(Duration.ofDays(2)))).isEqualTo(Trace.RETIRED);
        assertThat(trace(2, UUID.randomUUID())).as("of unknown age").isEqualTo(Trace.RETIRED);
    }

    @Test
    void lastSequenceIsTheNumberDrawnLast() throws SQLException {
        assertThat(facts(null).lastSequence()).isZero();
        database.insert("a", "1");
        assertThat(facts(null).lastSequence()).isEqualTo(1);
        database.execute("select setval('outbox_seq', 100)");
        assertThat(facts(null).lastSequence()).isEqualTo(100);
    }

    @Test
    void noteSaysWhetherEventsWerePublishedAndFromThisServer() throws SQLException {
        assertThat(facts(null).note()).isNull();
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        database.terminateSessions();
        assertNote(true, false);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            relay.stepUntil(() -> {
                // A note that is begun before the event does not cover it, and the next one is due a second later.
                relay.moveTime(Duration.ofSeconds(1));
                return "t".equals(database.query("select published_lsn > '0/0' from outbox_relay"));
            });
        }
        database.terminateSessions();
        assertNote(true, true);
    }

    /** pg_upgrade gives a cluster another identifier, and leaves the files of its tables and the numbers of transactions as they are. */
    @Test
    void noteThatItsOwnTransactionWroteIsOfThisServer() throws SQLException {
        database.execute("insert into outbox_relay (pipeline, slot_name, snapshot, published_lsn, system_identifier)"
                + " values ('" + database.name() + "', 's', pg_current_snapshot(), '0/1', 42)");
        assertNote(true, true);
    }

    /** A dump is restored on a server that has not come as far; what is written there since has lower numbers, which the snapshot shows. */
    @Test
    void noteThatCameFromAnotherServerIsNot() throws SQLException {
        database.execute("insert into outbox_relay (pipeline, slot_name, snapshot, published_lsn, system_identifier)"
                + " select '" + database.name() + "', 's', (next || ':' || next || ':')::pg_snapshot, '0/1', 42"
                + " from (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000 as next) as ahead");
        for (int i = 0; i < 3; i++) {
            database.insert("a", "" + i);
        }
        assertNote(false, true);
    }

    private void assertNote(boolean ofThisServer, boolean published) throws SQLException {
        Note note = Objects.requireNonNull(facts(null).note());
        assertThat(note.snapshot()).isEqualTo(database.query("select snapshot from outbox_relay"));
        assertThat(note.ofThisServer()).as("of this server").isEqualTo(ofThisServer);
        assertThat(note.published()).as("anything is published").isEqualTo(published);
    }

    @Test
    void publicationKeepsItsIdentityThroughChangesThatDoNotConcernIt() throws SQLException {
        String before = facts(null).origin().publication();
        database.insert("a", "1");
        database.execute("truncate outbox");
        database.execute("alter table outbox add column remark text");
        database.execute("create index on outbox (created_at)");
        database.execute("analyze outbox");
        database.execute("create table other (id bigint primary key)");
        database.execute("create publication others for table other");
        assertThat(facts(null).origin().publication()).isEqualTo(before);
    }

    @Test
    void timelineHasItsBeginAndItsAncestorsFromTheHistoryFileOnly() throws SQLException, IOException {
        try (PostgresServer server = PostgresServer.start(0, Map.of())) {
            WalSettings promoted = SteppedRelay.wal(OutboxDatabase.migrated(server));
            assertThat(facts(promoted, null).origin().timeline()).isEqualTo(Timeline.FIRST);
            promote(server);
            Facts facts = facts(promoted, null);
            assertThat(facts.origin().timeline().number()).isEqualTo(2);
            assertThat(facts.ancestors())
                    .containsExactly(new Ancestor(
                            Timeline.FIRST, facts.origin().timeline().begin()));
            assertThat(facts.ancestors().get(0).leftAt())
                    .isGreaterThan(Lsn.ZERO)
                    .isLessThan(facts.walEnd());

            Files.delete(server.dataFolder().resolve("pg_wal").resolve("00000002.history"));
            Facts withoutHistory = facts(promoted, null);
            assertThat(withoutHistory.origin().timeline()).isEqualTo(new Timeline(2, Lsn.ZERO));
            assertThat(withoutHistory.ancestors()).isEmpty();
        }
    }

    private static void promote(PostgresServer server) throws SQLException, IOException {
        server.stopImmediately();
        Files.createFile(server.dataFolder().resolve("standby.signal"));
        server.restart();
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_promote(true, 60)");
        }
    }

    private Trace trace(long seq, UUID id) {
        return facts(new Newest(seq, id)).newest();
    }

    private Facts facts(@Nullable Newest newest) {
        return facts(SteppedRelay.wal(database), newest);
    }

    private static Facts facts(WalSettings settings, @Nullable Newest newest) {
        // The server may still be ending the session before this one, which led.
        return await().ignoreExceptionsInstanceOf(SlotInUseException.class)
                .until(() -> look(settings, newest), found -> true);
    }

    private static Facts look(WalSettings settings, @Nullable Newest newest) {
        ResumePoint point = Points.at(new Lsn(1));
        WalSession session = WalSource.of(settings).open();
        try {
            session.lead();
            return session.subscribe()
                    .facts(new ResumePoint(point.through(), null, point.origin(), new Numbers(0, newest, Shift.NONE)));
        } finally {
            session.close();
        }
    }

    /** Makes an id of version 7, which carries its time. */
    private static UUID writtenAt(Duration ago) {
        return new UUID(Instant.now().minus(ago).toEpochMilli() << 16 | 0x7000, 0x8000000000000000L);
    }
}
