package dev.fullstate.outbox.schema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Replicas of a service that start at the same moment, before there is an outbox: one creates it, and all of them start. */
class SimultaneousStartsIT {

    private static final int REPLICAS = 10;
    private static final int ROUNDS = 2;

    private static PostgresServer postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = SharedServers.postgres();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"empty, -, select 1", "full, -, create table purchase (id int)", "own, orders, select 1"})
    void allReplicasStart(String name, String schema, String setUp) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String database = name + round;
            String url = Databases.recreate(postgres, database);
            try (Connection connection = postgres.connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute(setUp);
                migrateAtOnce(url, OutboxNames.of(schema, "outbox"));
                assertThat(versions(statement, schema == null ? "public" : schema))
                        .containsExactly("1", "2", "3", "4");
            }
        }
    }

    private static void migrateAtOnce(String url, OutboxNames names) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(REPLICAS);
        try {
            CyclicBarrier start = new CyclicBarrier(REPLICAS);
            Callable<Void> replica = () -> {
                Outbox outbox =
                        new Outbox(new DriverManagerDataSource(url, postgres.username(), postgres.password()), names);
                start.await();
                OutboxSchema.migrate(outbox);
                OutboxSchema.verify(OutboxSchema.locate(outbox));
                return null;
            };
            List<Future<Void>> replicas = new ArrayList<>();
            for (int i = 0; i < REPLICAS; i++) {
                replicas.add(threads.submit(replica));
            }
            for (Future<Void> each : replicas) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * Flyway creates its history table and the first row of it in two steps; a replica that starts in between fails, or migrates at
     * the same time as the other one.
     */
    @Test
    void replicaWaitsForTheOneThatIsMigrating() throws Exception {
        String url = Databases.recreate(postgres, "middle");
        OutboxNames names = OutboxNames.of("public", "outbox");
        Outbox outbox = new Outbox(new DriverManagerDataSource(url, postgres.username(), postgres.password()), names);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection connection = postgres.connect("middle");
                Statement statement = connection.createStatement()) {
            Future<?> replica;
            try (MigrationLock lock = MigrationLock.take(outbox.on(connection))) {
                assertThat(lock).isNotNull();
                statement.execute(
                        "create table outbox_schema_history (installed_rank int not null, version varchar(50),"
                                + " description varchar(200) not null, type varchar(20) not null, script varchar(1000) not null,"
                                + " checksum int, installed_by varchar(100) not null, installed_on timestamp not null default now(),"
                                + " execution_time int not null, success boolean not null)");
                replica = thread.submit(() -> OutboxSchema.migrate(outbox));
                await().until(() -> replica.isDone() || isReplicaWaiting(statement));
                assertThat(replica).isNotDone();
                statement.execute("drop table outbox_schema_history");
            }
            replica.get();
            assertThat(versions(statement, "public")).containsExactly("1", "2", "3", "4");
        } finally {
            thread.shutdownNow();
        }
    }

    private static boolean isReplicaWaiting(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(
                "select count(*) from pg_stat_activity where datname = 'middle' and wait_event = 'advisory'")) {
            return rows.next() && rows.getInt(1) == 1;
        }
    }

    private static List<String> versions(Statement statement, String schema) throws SQLException {
        List<String> versions = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("select version from " + schema
                + ".outbox_schema_history where success and version > '0' order by installed_rank")) {
            while (rows.next()) {
                versions.add(rows.getString(1));
            }
        }
        return versions;
    }
}
