package dev.fullstate.outbox.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.retention.Outboxes;
import dev.fullstate.outbox.retention.Retention;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.shop.Warehouse;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * The outbox shares its database: other services have their outboxes in it, a table with the outbox's name exists, another
 * publication is for all tables, policies hide rows, a tool removes everything.
 */
@ExtendWith(OutputCaptureExtension.class)
class SharedDatabaseIT {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private static PostgresServer postgres;

    private String database = "";

    @BeforeAll
    static void startPostgres() throws SQLException {
        postgres = PostgresServer.start();
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create role app");
        }
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        database = "shared_" + COUNT.incrementAndGet();
        Databases.recreate(postgres, database);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The configuration of a service, and the place that its outbox has then. */
    record Service(String urlParameters, OutboxNames names, List<String> properties) {}

    private ShopApplication start(Service service) {
        String[] properties = Stream.concat(
                        Stream.of("outbox.republish.poll-interval=100ms"), service.properties().stream())
                .toArray(String[]::new);
        return ShopApplication.startAgain(postgres, database + service.urlParameters(), properties);
    }

    private static Service configured(OutboxNames names, String... properties) {
        return new Service("", names, List.of(properties));
    }

    static Stream<Arguments> pairs() {
        return Stream.of(
                arguments(
                        "schemas of their own",
                        configured(OutboxNames.of("orders", "outbox"), "outbox.schema.name=orders"),
                        configured(OutboxNames.of("My billing", "outbox"), "outbox.schema.name=My billing")),
                arguments(
                        "tables of their own, beside a foreign table outbox",
                        configured(OutboxNames.of("public", "orders_outbox"), "outbox.schema.table=orders_outbox"),
                        configured(OutboxNames.of("public", "events"), "outbox.schema.table=events")),
                arguments(
                        "currentSchema in the URL",
                        new Service("?currentSchema=a", OutboxNames.of("a", "outbox"), List.of()),
                        new Service(
                                "?currentSchema=b",
                                OutboxNames.of("b", "outbox"),
                                List.of("outbox.schema.publication=b_outbox"))),
                arguments(
                        "Hibernate's default_schema, which is the application's and not the outbox's",
                        configured(
                                OutboxNames.of("public", "events"),
                                "spring.jpa.properties.hibernate.default_schema=a",
                                "outbox.schema.table=events"),
                        configured(
                                OutboxNames.of("b", "outbox"),
                                "spring.jpa.properties.hibernate.default_schema=b",
                                "outbox.schema.name=b")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void eachServiceHasAWorkingOutboxOfItsOwn(String kind, Service one, Service other) throws SQLException {
        execute("create schema a; create schema b; create table public.outbox (id int primary key, note text);"
                + " create publication everything for all tables");
        try (ShopApplication first = start(one);
                ShopApplication second = start(other)) {
            first.run(em -> em.persist(new Warehouse(1, "first")));
            second.run(em -> em.persist(new Warehouse(2, "second")));

            assertThat(ids(first, one)).containsExactly("1");
            assertThat(ids(second, other)).containsExactly("2");
            useEachTable(first, one);
            useEachTable(second, other);
            assertThat(first.jdbc()
                            .sql("select count(*) from public.outbox")
                            .query(Integer.class)
                            .single())
                    .isZero();
            assertThat(first.jdbc()
                            .sql(
                                    "select schemaname || '.' || tablename from pg_publication_tables where pubname <> 'everything'")
                            .query(String.class)
                            .list())
                    .containsExactlyInAnyOrder(
                            one.names().text("{outbox}").replace("\"", ""),
                            other.names().text("{outbox}").replace("\"", ""));
        }
    }

    private static List<String> ids(ShopApplication shop, Service service) {
        return shop.jdbc()
                .sql(service.names().sql("select aggregateid from {outbox} order by seq"))
                .query(String.class)
                .list();
    }

    /** Inserts, updates and deletes rows of each table of ours, and truncates a leaf. */
    private static void useEachTable(ShopApplication shop, Service service) {
        Republisher republisher = shop.bean(Republisher.class);
        UUID job = republisher.start(List.of("depot"), "test");
        await().until(() -> republisher.find(job).orElseThrow().state() == State.COMPLETED);
        UUID cancelled = republisher.start(List.of("depot"), "test");
        try {
            republisher.cancel(cancelled, "test");
        } catch (RuntimeException e) {
            // The job has ended before.
            assertThat(republisher.find(cancelled).orElseThrow().state()).isEqualTo(State.COMPLETED);
        }
        OutboxNames names = service.names();
        shop.jdbc().sql(names.sql("delete from {outbox_job}")).update();
        assertThat(shop.bean(Outboxes.class).retentions().values())
                .extracting(Retention::state)
                .singleElement()
                .satisfies(state -> {
                    assertThat(state.obstacle()).isNull();
                    assertThat(state.leaves()).hasSize(16);
                });
        shop.jdbc().sql("truncate " + names.qualified(names.leaf(0))).update();
    }

    @Test
    void everyTableHasAPrimaryKey() throws SQLException {
        try (ShopApplication shop = start(configured(OutboxNames.DEFAULT, "outbox.schema.name=ours"))) {
            assertThat(shop.jdbc().sql("""
                            select relname from pg_class as c join pg_namespace as n on n.oid = relnamespace
                             where nspname = 'ours' and relkind in ('r', 'p')
                               and not exists (select from pg_index where indrelid = c.oid and indisprimary)
                            """).query(String.class).list()).isEmpty();
        }
    }

    @Test
    void applicationsCleanRemovesTheOutboxAndTheNextStartCreatesIt() throws SQLException {
        try (ShopApplication shop = start(configured(OutboxNames.DEFAULT))) {
            shop.run(em -> em.persist(new Warehouse(1, "before")));
            clean();

            assertThatThrownBy(() -> shop.run(em -> em.persist(new Warehouse(2, "without"))))
                    .isInstanceOf(DataAccessException.class);
        }
        try (ShopApplication shop = start(configured(OutboxNames.DEFAULT))) {
            shop.run(em -> em.persist(new Warehouse(3, "after")));
            assertThat(ids(shop, configured(OutboxNames.DEFAULT))).containsExactly("3");
            assertThat(shop.jdbc()
                            .sql("select tablename from pg_publication_tables where pubname = 'outbox'")
                            .query(String.class)
                            .list())
                    .containsExactly("outbox");
        }
    }

    @Test
    void outboxInASchemaOfItsOwnOutlivesTheApplicationsClean() throws SQLException {
        Service service = configured(OutboxNames.of("ours", "outbox"), "outbox.schema.name=ours");
        try (ShopApplication shop = start(service)) {
            shop.run(em -> em.persist(new Warehouse(1, "before")));
            clean();
        }
        try (ShopApplication shop = start(service)) {
            shop.run(em -> em.persist(new Warehouse(2, "after")));
            assertThat(ids(shop, service)).containsExactly("1", "2");
        }
    }

    private void clean() {
        Flyway.configure()
                .dataSource(postgres.jdbcUrl(database), postgres.username(), postgres.password())
                .schemas("public")
                .cleanDisabled(false)
                // Of the clean and a worker that locks the same tables in another order, the worker gives up.
                .initSql("set deadlock_timeout = '1h'")
                .load()
                .clean();
    }

    @Test
    void republishOfRowsThatPoliciesHideFailsAndTheStartWarns(CapturedOutput output) throws SQLException {
        try (ShopApplication owner = start(configured(OutboxNames.DEFAULT))) {
            owner.run(em -> em.persist(new Warehouse(1, "hidden")));
        }
        execute("grant all on all tables in schema public to app; grant all on all sequences in schema public to app;"
                + " alter table warehouse enable row level security;"
                + " create policy tenant on warehouse using (number = 2)");
        Service asApp = configured(
                OutboxNames.DEFAULT,
                "spring.datasource.hikari.connection-init-sql=set role app",
                "spring.jpa.hibernate.ddl-auto=none",
                "outbox.schema.initialize=false");
        try (ShopApplication shop = start(asApp)) {
            assertThat(output).contains("Row-level security is active on [warehouse] for the application's role");
            shop.run(em -> em.persist(new Warehouse(2, "seen")));
            assertThat(ids(shop, asApp)).containsExactly("1", "2");

            Republisher republisher = shop.bean(Republisher.class);
            UUID job = republisher.start(List.of("depot"), "test");
            await().until(() -> republisher.find(job).orElseThrow().state().isFinal());
            RepublishJob ended = republisher.find(job).orElseThrow();
            assertThat(ended.state()).isEqualTo(State.FAILED);
            assertThat(ended.error()).contains("row-level security", "warehouse");
        }
    }
}
