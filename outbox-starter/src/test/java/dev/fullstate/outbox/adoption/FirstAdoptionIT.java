package dev.fullstate.outbox.adoption;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.rows.MissingVersionException;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** A database that is full before it gets an outbox, by the steps of docs/first-adoption.md. */
class FirstAdoptionIT {

    private static final int MEMBERS = 250;
    private static final String ADD_VERSION = "alter table member add column version bigint not null default 0";
    private static final String[] OPTIONS = {
        "spring.jpa.hibernate.ddl-auto=validate",
        "outbox.republish.chunk-size=10",
        "outbox.republish.poll-interval=100ms"
    };

    static PostgresServer postgres;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Member.class)
    static class Club {}

    @BeforeAll
    static void start() {
        postgres = SharedServers.postgres();
    }

    /** Creates the database that the service has had for years, with rows that were written without an outbox. */
    private static void createOldService(String database, String migration) throws SQLException {
        Databases.recreate(postgres, database);
        sql(
                database,
                "create table member (number bigint primary key, name text)",
                "create table card (code text primary key, blocked boolean not null, member_number bigint references member)",
                "insert into member select i, 'member ' || i from generate_series(1, " + MEMBERS + ") as i",
                "insert into card select 'a' || i, false, i from generate_series(1, " + MEMBERS + ") as i",
                migration);
    }

    private static void sql(String database, String... statements) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static ShopApplication deploy(String database) {
        return ShopApplication.startAgainWith(Club.class, postgres, database, OPTIONS);
    }

    private static RepublishJob republished(ShopApplication service) {
        UUID job = service.bean(Republisher.class).start(List.of("member"), "test");
        return await().until(
                        () -> service.bean(Republisher.class).find(job).orElseThrow(),
                        now -> now.state().isFinal());
    }

    @Test
    void existingRowsArePublishedOnceWithTheirState() throws Exception {
        createOldService("populated", ADD_VERSION);
        try (ShopApplication service = deploy("populated")) {
            assertThat(service.outbox()).isEmpty();

            RepublishJob job = republished(service);

            assertThat(job.state()).isEqualTo(Job.State.COMPLETED);
            assertThat(job.publishedCount()).isEqualTo(MEMBERS);
            assertThat(service.outbox())
                    .extracting(OutboxRow::aggregateId)
                    .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, MEMBERS)
                            .mapToObj(Long::toString)
                            .toList());
            assertThat(service.outbox()).allSatisfy(row -> {
                assertThat(row.operation()).isEqualTo("update");
                assertThat(row.entityVersion()).isZero();
                assertThat(row.data().get("name").asString()).isEqualTo("member " + row.aggregateId());
                assertThat(row.data().get("cards").get(0).get("code").asString())
                        .isEqualTo("a" + row.aggregateId());
            });
        }
    }

    @Test
    void changesDuringTheRepublishAreInTheLastEvents() throws Exception {
        createOldService("busy", ADD_VERSION);
        try (ShopApplication service = deploy("busy")) {
            AtomicBoolean writing = new AtomicBoolean(true);
            ExecutorService writer = Executors.newSingleThreadExecutor();
            Future<?> written = writer.submit(() -> {
                for (long i = 0; writing.get() || i < MEMBERS; i++) {
                    change(service, i);
                }
            });
            RepublishJob job = republished(service);
            writing.set(false);
            written.get();
            writer.shutdown();

            assertThat(job.state()).isEqualTo(Job.State.COMPLETED);
            Map<String, OutboxRow> last = new HashMap<>();
            service.outbox().forEach(row -> last.put(row.aggregateId(), row));
            List<Map<String, Object>> members = service.jdbc()
                    .sql(
                            "select number, name, version, (select count(*) from card where member_number = number) as cards,"
                                    + " exists (select from card where member_number = number and blocked) as blocked from member")
                    .query()
                    .listOfRows();
            assertThat(last).hasSizeGreaterThan(MEMBERS);
            for (Map<String, Object> member : members) {
                OutboxRow row = last.remove(member.get("number").toString());
                assertThat(row.operation()).isNotEqualTo("delete");
                assertThat(row.entityVersion()).isEqualTo(member.get("version"));
                assertThat(row.data().get("name").asString()).isEqualTo(member.get("name"));
                assertThat((long) row.data().get("cards").size()).isEqualTo(member.get("cards"));
                assertThat(row.data().get("cards").toString().contains("true")).isEqualTo(member.get("blocked"));
            }
            assertThat(last.values())
                    .isNotEmpty()
                    .allMatch(row -> row.operation().equals("delete"));
        }
    }

    /** Makes each change that a live service makes, to old members and to new ones. */
    private static void change(ShopApplication service, long i) {
        long number = 1 + (i * 7) % (MEMBERS - 10);
        service.run(em -> {
            Member member = em.find(Member.class, number);
            switch ((int) (i % 3)) {
                case 0 -> member.name = "renamed " + i;
                case 1 -> member.cards.get(0).blocked = true;
                default -> member.cards.add(new Card("b" + i, member));
            }
        });
        if (i < 10) {
            service.run(em -> em.persist(new Member(1000 + i, "new " + i)));
            service.run(em -> em.remove(em.find(Member.class, MEMBERS - i)));
        }
    }

    @Test
    void rowsWithoutAVersionFailTheJobWithTheStatementThatSetsOne() throws Exception {
        createOldService("nulls", "alter table member add column version bigint");
        try (ShopApplication service = deploy("nulls")) {
            RepublishJob job = republished(service);

            assertThat(job.state()).isEqualTo(Job.State.FAILED);
            assertThat(job.publishedCount()).isZero();
            assertThat(service.outbox()).isEmpty();
            assertThatThrownBy(() ->
                            service.run(em -> em.find(Member.class, 5L).cards.get(0).blocked = true))
                    .isInstanceOfSatisfying(
                            RuntimeException.class,
                            failure -> assertThat(failure).rootCause().isInstanceOf(MissingVersionException.class));
            // A change of the root fails earlier: Hibernate itself cannot count on from null.
            assertThatThrownBy(() -> service.run(em -> em.find(Member.class, 6L).name = "renamed"))
                    .isInstanceOf(RuntimeException.class);
            String remedy = job.error().substring(job.error().indexOf("update "));
            assertThat(remedy).startsWith("update member set version = 0 where version is null;");

            sql("nulls", remedy);

            assertThat(republished(service).publishedCount()).isEqualTo(MEMBERS);
            service.run(em -> em.find(Member.class, 5L).cards.get(0).blocked = true);
            assertThat(service.outbox(5)).extracting(OutboxRow::entityVersion).containsExactly(0L, 1L);
        }
    }

    /** An instance of the old version neither writes an event nor raises a version. */
    @Test
    void laterChangesOfOldInstancesArePublishedByTheNextRepublish() throws Exception {
        createOldService("rolling", ADD_VERSION);
        try (ShopApplication service = deploy("rolling")) {
            republished(service);
            sql("rolling", "update member set name = 'by an old instance' where number = 7");
            assertThat(service.outbox(7))
                    .extracting(row -> row.data().get("name").asString())
                    .containsExactly("member 7");

            republished(service);

            List<OutboxRow> rows = service.outbox(7);
            assertThat(rows.get(1).data().get("name").asString()).isEqualTo("by an old instance");
            // The same version, so the same change id; only the sequence is higher.
            assertThat(rows.get(1).changeId()).isEqualTo(rows.get(0).changeId());
            assertThat(rows.get(1).seq()).isGreaterThan(rows.get(0).seq());
        }
    }
}
