package dev.fullstate.outbox.relay.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.outbox.MigratedDatabase;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.RelayApplication;
import dev.fullstate.outbox.relay.command.RelayMain.Verb;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Uses the executable jar's commands as an operator does. */
class CommandLineIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PostgresServer server = SharedServers.postgres();
    private MigratedDatabase database;
    private ConfigurableApplicationContext relay;
    private Source source = Source.WAL;

    /** The outcome of a command. */
    private record Outcome(int code, String text) {

        JsonNode json() {
            return JSON.readTree(text);
        }
    }

    @AfterEach
    void close() throws SQLException {
        if (relay != null) {
            relay.close();
        }
        if (database != null) {
            database.query("select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = '"
                    + database.name() + "'");
            database.query("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '"
                    + database.name() + "'");
            database.close();
        }
    }

    private void create() throws SQLException {
        database = MigratedDatabase.create(server, "command_it");
    }

    private List<String> settings() {
        return new ArrayList<>(List.of(
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + server.username(),
                "--spring.datasource.password=" + server.password(),
                "--spring.kafka.bootstrap-servers=" + SharedServers.kafka().bootstrapServers(),
                "--outbox.relay.source=" + source,
                "--outbox.relay.slot-name=" + database.name(),
                "--outbox.relay.exactly-once.position-topic=" + database.name() + ".positions",
                "--outbox.relay.topic=" + database.name() + ".{aggregatetype}"));
    }

    private Outcome run(Verb verb, String... more) {
        return run(settings(), verb, more);
    }

    private static Outcome run(List<String> settings, Verb verb, String... more) {
        List<String> options = new ArrayList<>(settings);
        options.addAll(List.of(more));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int code = CommandLine.run(
                verb, new PrintStream(printed, true, StandardCharsets.UTF_8), options.toArray(String[]::new));
        return new Outcome(code, printed.toString(StandardCharsets.UTF_8));
    }

    private void startRelay() {
        SpringApplication application = new SpringApplication(RelayApplication.class);
        application.setDefaultProperties(Map.of("spring.main.web-application-type", "none"));
        relay = application.run(settings().toArray(String[]::new));
        await().until(() -> run(Verb.STATUS, "--json").json().get("active").asBoolean());
    }

    /** Has a relay publish an event: it has its slot before it has a position. */
    private void leaveAPosition() throws SQLException {
        database.execute(OutboxInsert.rows(1).sql());
        startRelay();
        assertThat(run(Verb.DRAIN).code).isEqualTo(RelayMain.ExitCode.OK);
        relay.close();
    }

    @Test
    void checkNamesEverythingThatIsMissingWithItsRemedy() throws SQLException {
        database = MigratedDatabase.empty(server, "command_it");
        database.execute("create role " + database.name() + "_bare login password 'secret'");
        List<String> settings = settings();
        settings.removeIf(
                setting -> setting.contains("kafka") || setting.contains("username") || setting.contains("password"));
        Outcome bare = run(
                settings,
                Verb.CHECK,
                "--outbox.relay.username=" + database.name() + "_bare",
                "--outbox.relay.password=secret",
                "--spring.kafka.bootstrap-servers=127.0.0.1:1",
                "--outbox.relay.kafka-timeout=1s");
        assertThat(bare.code).isEqualTo(RelayMain.ExitCode.NOT_OK);
        assertThat(bare.text)
                .contains("OK       database: ", "OK       wal_level: wal_level is logical")
                .contains("ERROR    replication: Role " + database.name() + "_bare may not replicate")
                .contains("ALTER ROLE " + database.name() + "_bare REPLICATION;")
                .contains("ERROR    outbox: Publication 'outbox' does not exist")
                .contains("ERROR    Kafka: ");
        database.execute("drop role " + database.name() + "_bare");

        database.migrate();
        Outcome ready = run(Verb.CHECK);
        assertThat(ready.code).as(ready.text).isEqualTo(RelayMain.ExitCode.OK);
        assertThat(ready.text)
                .doesNotContain("ERROR")
                .contains("OK       slot: slot '" + database.name() + "' is created at the first start")
                .contains("WARNING  kept WAL: max_slot_wal_keep_size is -1")
                .contains("OK       topic of the positions: topic '" + database.name()
                        + ".positions' is created when it is needed");
        // It has changed nothing.
        assertThat(database.query(
                        "select count(*) from pg_replication_slots where slot_name = '" + database.name() + "'"))
                .isEqualTo("0");
        JsonNode json = run(Verb.CHECK, "--json").json();
        assertThat(json.get(0).get("level").asString()).isEqualTo("OK");
        assertThat(json.get(0).get("subject").asString()).isEqualTo("database");
    }

    @Test
    void checkAsksForNoReplicationWhereTheTableIsTheSource() throws SQLException {
        source = Source.TABLE;
        create();
        String role = database.name() + "_reader";
        database.execute("create role " + role + " login password 'secret'");
        String[] reader = {"--outbox.relay.username=" + role, "--outbox.relay.password=secret"};
        Outcome bare = run(Verb.CHECK, reader);
        assertThat(bare.code).isEqualTo(RelayMain.ExitCode.NOT_OK);
        assertThat(bare.text)
                .contains("OK       source: the table is read, and there is no slot")
                .contains("ERROR    outbox: Role " + role + " lacks rights")
                .doesNotContain("replication", "wal_level", "kept WAL", "free slots");
        database.execute("grant select on all tables in schema public to " + role
                + "; grant insert, update on outbox_relay, outbox_parked, outbox_command to " + role
                + "; grant delete on outbox_parked to " + role + "; grant insert on outbox_job_end to " + role
                + "; grant select, update on sequence outbox_seq to " + role);
        Outcome ready = run(Verb.CHECK, reader);
        assertThat(ready.code).as(ready.text).isEqualTo(RelayMain.ExitCode.OK);
        database.execute("drop owned by " + role + "; drop role " + role);
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void drainWaitsUntilEverythingIsConfirmed(Source from) throws SQLException {
        source = from;
        create();
        database.execute(OutboxInsert.rows(100).sql());
        Outcome without = run(Verb.DRAIN, "--json", "--timeout=300ms");
        assertThat(without.code).isEqualTo(RelayMain.ExitCode.NOT_OK);
        assertThat(without.json().get("drained").asBoolean()).isFalse();
        assertThat(run(Verb.STATUS).code).isEqualTo(RelayMain.ExitCode.NOT_OK);
        startRelay();
        Outcome drained = run(Verb.DRAIN, "--json");
        assertThat(drained.code).as(drained.text).isEqualTo(RelayMain.ExitCode.OK);
        assertThat(drained.json().get("drained").asBoolean()).isTrue();
        assertThat(run(Verb.STATUS).text).contains("active            true", "parkedAggregates  0");
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void pauseAndResumeAreFollowedByTheRelay(Source from) throws SQLException {
        source = from;
        create();
        Outcome unheard = run(Verb.PAUSE, "--timeout=100ms");
        assertThat(unheard.code).isEqualTo(RelayMain.ExitCode.NOT_OK);
        assertThat(unheard.text).contains("no relay has followed it yet");
        assertThat(run(Verb.RESUME, "--timeout=100ms").code).isEqualTo(RelayMain.ExitCode.NOT_OK);
        startRelay();
        Outcome paused = run(Verb.PAUSE, "--json");
        assertThat(paused.code).as(paused.text).isEqualTo(RelayMain.ExitCode.OK);
        assertThat(paused.json().get("outcome").asString()).isEqualTo("paused");
        JsonNode status = run(Verb.STATUS, "--json").json();
        assertThat(status.get("paused").asBoolean()).isTrue();
        assertThat(status.get("active").asBoolean()).isFalse();
        assertThat(run(Verb.RESUME).text).contains("resumed");
        assertThat(run(Verb.DRAIN).code).isEqualTo(RelayMain.ExitCode.OK);
    }

    @Test
    void acceptedPositionIsTheOneThatCheckShows() throws SQLException {
        create();
        database.execute(OutboxInsert.rows(1).sql());
        database.query("select pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
        String confirmed = database.query(
                "select confirmed_flush_lsn from pg_replication_slots where slot_name = '" + database.name() + "'");
        assertThat(run(Verb.CHECK).text)
                .contains("OK       transactional id: 'outbox-relay-", "-" + database.name() + "' may be used")
                .contains("WARNING  position: a relay that starts for the first time publishes all rows")
                .contains("accept --position=" + confirmed);
        Outcome elsewhere = run(Verb.ACCEPT, "--position=0/1");
        assertThat(elsewhere.code).isEqualTo(RelayMain.ExitCode.NOT_OK);
        assertThat(elsewhere.text).contains("is confirmed up to " + confirmed + ", not up to 0/1");
        for (String[] wrong : new String[][] {{}, {"--position=16B3748"}, {"--position="}}) {
            assertThat(run(Verb.ACCEPT, wrong).code).isEqualTo(RelayMain.ExitCode.WRONG_CALL);
        }
        assertThat(run(Verb.ACCEPT, "--position=" + confirmed, "--timeout=100ms").text)
                .contains("no relay has followed it yet");
        startRelay();
        Outcome drained = run(Verb.DRAIN);
        assertThat(drained.code).as(drained.text).isEqualTo(RelayMain.ExitCode.OK);
        assertThat(database.query("select outcome from outbox_command")).startsWith("followed: everything before");
        Outcome streaming = run(Verb.ACCEPT, "--position=" + confirmed);
        assertThat(streaming.code).isEqualTo(RelayMain.ExitCode.NOT_OK);
        assertThat(streaming.text).contains("A relay streams from slot");
        assertThat(run(Verb.CHECK).text).contains("OK       position: a relay publishes after it");
        relay.close();
        await().until(() -> run(Verb.CHECK).text.contains("OK       position: a relay goes on after "));
    }

    @Test
    void acceptanceThatTheRelayDoesNotFollowFails() throws SQLException {
        create();
        leaveAPosition();
        await().until(() -> run(Verb.CHECK).text.contains("OK       position: a relay goes on after "));
        String confirmed = run(Verb.STATUS, "--json").json().get("confirmed").asString();
        CompletableFuture<Outcome> fits =
                CompletableFuture.supplyAsync(() -> run(Verb.ACCEPT, "--position=" + confirmed));
        await().until(() ->
                database.query("select count(*) from outbox_command").equals("1"));
        startRelay();
        assertThat(fits.join().text).contains("nothing to accept any more");
        assertThat(fits.join().code).isEqualTo(RelayMain.ExitCode.NOT_OK);
    }

    @Test
    void openTransactionOfAKilledRelayDoesNotHoldUpCheck() throws Exception {
        create();
        leaveAPosition();
        String kafka = SharedServers.kafka().bootstrapServers();
        Map<String, Object> killed =
                Map.of("bootstrap.servers", kafka, "transactional.id", database.name(), "acks", "all");
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(killed, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(database.name() + ".positions", 0, new byte[] {1}, new byte[] {1}))
                    .get();
            Outcome check = run(Verb.CHECK, "--outbox.relay.kafka-timeout=2s");
            assertThat(check.text)
                    .contains("OK       position: a relay goes on after ")
                    .doesNotContain("ERROR");
            producer.abortTransaction();
        }
    }

    @Test
    void topicThatHasFewerReplicasThanItsMinimumTakesEvents() throws Exception {
        create();
        String positions = database.name() + ".positions";
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()))) {
            Map<String, String> policy = Map.of("cleanup.policy", "compact", "min.insync.replicas", "2");
            admin.createTopics(List.of(new NewTopic(positions, 1, (short) 1).configs(policy)))
                    .all()
                    .get();
        }
        database.execute(OutboxInsert.rows(1).sql());
        startRelay();
        assertThat(run(Verb.DRAIN).code).isEqualTo(RelayMain.ExitCode.OK);
        await().until(() -> run(Verb.CHECK)
                .text
                .contains("OK       topic of events: topic '" + database.name() + ".order' exists"));
        assertThat(run(Verb.CHECK).text)
                .contains("OK       topic of the positions: topic '" + positions + "' exists")
                .doesNotContain("ERROR");
    }

    @Test
    void severalPipelinesAreAskedAtTheSameTimeAndNamed() throws SQLException {
        create();
        List<String> settings = settings();
        settings.removeIf(setting -> setting.contains("datasource.url") || setting.contains("slot-name"));
        settings.add("--outbox.relay.pipelines.orders.url=" + database.url());
        settings.add("--outbox.relay.pipelines.orders.slot-name=" + database.name());
        settings.add("--outbox.relay.pipelines.billing.url=" + server.jdbcUrl("no_such_database"));
        SpringApplication application = new SpringApplication(RelayApplication.class);
        relay = application.run(settings.toArray(String[]::new));
        await().until(() -> run(settings, Verb.STATUS, "--pipeline=orders").code == RelayMain.ExitCode.OK);

        Outcome lines = run(settings, Verb.STATUS);
        assertThat(lines.code).isEqualTo(RelayMain.ExitCode.NOT_OK);
        assertThat(lines.text)
                .containsSubsequence("[billing]", "ERROR  ", "no_such_database", "[orders]", "active            true");
        JsonNode status = run(settings, Verb.STATUS, "--json").json();
        assertThat(status.get("orders").get("pipeline").asString()).isEqualTo(database.name());
        assertThat(status.get("billing").get("error").asString()).contains("no_such_database");
        assertThat(run(settings, Verb.STATUS, "--json", "--pipeline=orders")
                        .json()
                        .get("active")
                        .asBoolean())
                .isTrue();

        JsonNode check = run(settings, Verb.CHECK, "--json").json();
        assertThat(check.get("orders").get(0).get("level").asString()).isEqualTo("OK");
        assertThat(check.get("billing").get(0).get("level").asString()).isEqualTo("ERROR");
        assertThat(run(settings, Verb.PAUSE, "--pipeline=orders").text).contains("paused");
        assertThat(run(settings, Verb.RESUME, "--pipeline=orders").code).isEqualTo(RelayMain.ExitCode.OK);
        assertThat(run(settings, Verb.DRAIN, "--pipeline=orders").code).isEqualTo(RelayMain.ExitCode.OK);

        Outcome all = run(settings, Verb.ACCEPT, "--position=0/1");
        assertThat(all.code).isEqualTo(RelayMain.ExitCode.WRONG_CALL);
        assertThat(all.text).contains("choose it with '--pipeline'");

        Outcome unknown = run(settings, Verb.STATUS, "--pipeline=stock");
        assertThat(unknown.code).isEqualTo(RelayMain.ExitCode.WRONG_CALL);
        assertThat(unknown.text).contains("'--pipeline' takes one of billing, orders, and not [stock]");
    }

    @Test
    void onlyPipelineOfAProcessHasNoNameToChoose() throws SQLException {
        create();
        Outcome named = run(Verb.STATUS, "--pipeline=orders");
        assertThat(named.code).isEqualTo(RelayMain.ExitCode.WRONG_CALL);
        assertThat(named.text).contains("leave '--pipeline' out");
    }
}
