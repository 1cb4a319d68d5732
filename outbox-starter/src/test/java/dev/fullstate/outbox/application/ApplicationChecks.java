package dev.fullstate.outbox.application;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.CacheMode;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.core.env.Environment;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.republish.RepublishConflictException;
import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.retention.Outboxes;
import dev.fullstate.outbox.retention.Retention;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Seat;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Checks that hold in every application, however it is configured: of capture, republish, retention and rights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ApplicationChecks {

    static final String[] WEB = {
        "spring.main.web-application-type=servlet",
        "server.port=0",
        "outbox.republish.chunk-size=2",
        "outbox.republish.poll-interval=100ms",
        "outbox.retention.check-interval=100ms",
        "management.endpoints.web.exposure.include=outbox,outboxRepublish"
    };

    private static final String DATABASE = "application";
    private static final String PATH = "/admin/republish";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    PostgresServer postgres;
    ShopApplication shop;

    /** Starts the application on a database that exists already. */
    abstract ShopApplication start(PostgresServer server, String database) throws Exception;

    @BeforeAll
    void start() throws Exception {
        postgres = SharedServers.postgres();
        Databases.recreate(postgres, DATABASE);
        shop = start(postgres, DATABASE);
    }

    @AfterAll
    void stop() {
        shop.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        sql("truncate outbox, purchase, seat cascade");
        sql("delete from outbox_job");
    }

    /** Runs a statement as the owner of the database, whatever rights the application has. */
    void sql(String statement) throws SQLException {
        try (Connection connection = postgres.connect(DATABASE);
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    private List<OutboxRow> outbox() {
        return shop.call(em -> shop.outbox());
    }

    UUID purchase(String reference) {
        return shop.call(em -> {
            Purchase purchase = new Purchase(reference, null);
            purchase.add("apple", 2);
            em.persist(purchase);
            return purchase.getPurchaseId();
        });
    }

    Republisher republisher() {
        return shop.bean(Republisher.class);
    }

    RepublishJob ended(UUID id) {
        return await().until(
                        () -> republisher().find(id).orElseThrow(),
                        job -> job.state().isFinal());
    }

    @Test
    void eachCommittedChangeHasOneEventAndARolledBackOneHasNone() {
        UUID id = purchase("first");
        shop.run(em -> em.find(Purchase.class, id).line("apple").setQuantity(7));
        assertThatThrownBy(() -> shop.run(em -> {
                    em.find(Purchase.class, id).setReference("never");
                    em.flush();
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");
        shop.run(em -> em.remove(em.find(Purchase.class, id)));

        assertThat(outbox()).extracting(OutboxRow::operation).containsExactly("create", "update", "delete");
        assertThat(outbox().get(1).data().get("pieces").asInt()).isEqualTo(7);
    }

    @Test
    void allAggregatesAreRepublishedPageByPage() throws SQLException {
        for (int i = 0; i < 5; i++) {
            purchase("r" + i);
        }
        sql("delete from outbox");

        RepublishJob job = ended(republisher().start(List.of("purchase"), "test"));

        assertThat(job.state()).as(job.toString()).isEqualTo(Job.State.COMPLETED);
        assertThat(job.types().get(0).total()).isEqualTo(5);
        assertThat(outbox())
                .hasSize(5)
                .allSatisfy(row -> assertThat(row.republishId()).isEqualTo(job.id()));
        assertThat(job.waitingFor()).isNull();
    }

    @Test
    void namedAggregatesAreRepublishedAndMissingOnesGetADeleteEvent() throws SQLException {
        UUID there = purchase("there");
        UUID gone = UUID.randomUUID();
        sql("delete from outbox");

        RepublishJob job = ended(republisher()
                .start(
                        new RepublishRequest(
                                List.of("purchase"),
                                List.of(there.toString(), gone.toString()),
                                null,
                                null,
                                false,
                                true),
                        "test"));

        assertThat(job.state()).as(job.toString()).isEqualTo(Job.State.COMPLETED);
        assertThat(outbox())
                .extracting(OutboxRow::aggregateId, OutboxRow::operation)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(there.toString(), "update"),
                        org.assertj.core.groups.Tuple.tuple(gone.toString(), "delete"));
    }

    /** Does the work with a session bound to the thread, as Spring Boot binds one for each request. */
    private void inRequest(Consumer<Session> work) {
        EntityManagerFactory factory = shop.bean(EntityManagerFactory.class);
        EntityManager bound = factory.createEntityManager();
        TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(bound));
        try {
            work.accept(bound.unwrap(Session.class));
        } finally {
            TransactionSynchronizationManager.unbindResource(factory);
            bound.close();
        }
    }

    /** Makes every call that a caller can make. */
    private UUID makeEveryCall(String type) {
        UUID job = republisher().start(List.of(type), "test");
        try {
            republisher().pause(job, "test");
            republisher().resume(job, "test");
        } catch (RepublishConflictException ended) {
            // So small a job may have ended before; the call was made all the same.
            assertThat(ended.job().state().isFinal()).isTrue();
        }
        assertThat(republisher().latest()).extracting(RepublishJob::id).contains(job);
        assertThat(republisher().find(job)).isPresent();
        return job;
    }

    @Test
    void sessionOfARequestIsUnchanged() throws SQLException {
        UUID id = purchase("read before");
        sql("delete from outbox");
        inRequest(session -> {
            Purchase read = session.find(Purchase.class, id);
            read.setReference("changed in the session only");

            makeEveryCall("purchase");

            assertThat(session.contains(read)).isTrue();
            assertThat(read.getReference()).isEqualTo("changed in the session only");
            assertThat(session.getHibernateFlushMode()).isEqualTo(FlushMode.AUTO);
            assertThat(session.getCacheMode()).isEqualTo(CacheMode.NORMAL);
        });
        await().until(() -> republisher().latest().get(0).state().isFinal());
        assertThat(outbox()).hasSize(1);
        assertThat(outbox().get(0).data().get("reference").asString()).isEqualTo("read before");
    }

    @Test
    void filterOfARequestHidesRowsFromTheRequestAndNoneFromAJob() throws SQLException {
        List.of("ours", "theirs")
                .forEach(guest -> shop.run(em -> {
                    Seat seat = new Seat(guest, 1);
                    seat.setGuest(guest);
                    em.persist(seat);
                }));
        sql("delete from outbox");
        AtomicReference<UUID> job = new AtomicReference<>();
        inRequest(session -> {
            session.enableFilter(Seat.OF_GUEST).setParameter("guest", "ours");
            session.setHibernateFlushMode(FlushMode.COMMIT);
            session.setCacheMode(CacheMode.REFRESH);
            assertThat(guests(session)).containsExactly("ours");

            job.set(makeEveryCall("seat"));

            assertThat(session.getEnabledFilter(Seat.OF_GUEST)).isNotNull();
            assertThat(guests(session)).containsExactly("ours");
            assertThat(session.getHibernateFlushMode()).isEqualTo(FlushMode.COMMIT);
            assertThat(session.getCacheMode()).isEqualTo(CacheMode.REFRESH);
        });

        assertThat(ended(job.get()).state()).isEqualTo(Job.State.COMPLETED);
        assertThat(outbox())
                .extracting(row -> row.data().get("guest").asString())
                .containsExactlyInAnyOrder("ours", "theirs");
    }

    private static List<String> guests(Session session) {
        return session.createSelectionQuery("select guest from Seat", String.class)
                .getResultList();
    }

    @Test
    void jobsAreVisibleInsideATransactionButNotStartedThere() {
        UUID job = republisher().start(List.of("purchase"), "test");

        shop.run(em -> {
            assertThatThrownBy(() -> republisher().start(List.of("seat"), "test"))
                    .isInstanceOf(IllegalTransactionStateException.class)
                    .hasMessageContaining("after it is committed");
            assertThat(republisher().find(job)).isPresent();
        });

        ended(job);
        assertThat(republisher().latest()).hasSize(1);
    }

    @Test
    void publishedRowsOfOldDaysAreRemoved() throws SQLException {
        sql(OutboxInsert.row()
                .with("aggregatetype", "'purchase'")
                .inLeafOf(10)
                .writtenDaysAgo(10)
                .sql());
        sql("""
                insert into outbox_relay (pipeline, slot_name, snapshot, published_lsn, system_identifier)
                select 'p', 's', pg_current_snapshot(), pg_current_wal_lsn(), system_identifier from pg_control_system()
                """);

        try {
            await().until(() -> outbox().isEmpty());
            // The leaf is empty a moment before it is counted.
            Retention retention =
                    shop.bean(Outboxes.class).retentions().values().iterator().next();
            await().until(() -> retention.retiredCount() > 0);
        } finally {
            sql("delete from outbox_relay");
        }
    }

    HttpResponse<String> send(String method, String path, String user, String body) {
        String credentials = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:"
                        + shop.bean(Environment.class).getRequiredProperty("local.server.port") + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        try {
            return HTTP.send(
                    (user.isEmpty() ? request : request.header("Authorization", "Basic " + credentials)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    private int status(String method, String path, String user, String body) {
        return send(method, path, user, body).statusCode();
    }

    @Test
    void refusalsHaveTheDocumentedStatusCodes() {
        String unknown = PATH + "/" + new UUID(0, 0);
        assertThat(status("POST", PATH, "", "{}")).isEqualTo(401);
        assertThat(status("POST", PATH, "user", "{}")).isEqualTo(403);
        assertThat(status("POST", PATH, "admin", "{\"aggregateTypes\":[\"nonsense\"]}"))
                .isEqualTo(400);
        assertThat(status("GET", unknown, "admin", "")).isEqualTo(404);
        assertThat(status("GET", PATH + "/nonsense", "admin", "")).isEqualTo(404);
        UUID job = republisher().start(List.of("purchase"), "test");
        ended(job);
        assertThat(status("POST", PATH + "/" + job + "/pause", "admin", "")).isEqualTo(409);

        String actuator = "/actuator/outboxRepublish";
        assertThat(status("GET", actuator, "user", "")).isEqualTo(403);
        assertThat(status("POST", actuator, "user", "{}")).isEqualTo(403);
        assertThat(status("POST", actuator, "admin", "{\"aggregateTypes\":\"nonsense\"}"))
                .isEqualTo(400);
        assertThat(status("POST", actuator + "/" + job, "admin", "{\"action\":\"pause\"}"))
                .isEqualTo(409);
        assertThat(status("GET", actuator + "/" + new UUID(0, 0), "admin", "")).isEqualTo(404);

        HttpResponse<String> refusal = send("POST", PATH, "user", "{}");
        assertThat(refusal.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        assertThat(json(refusal).get("detail").asString()).contains("OUTBOX_ADMIN");
    }

    @Test
    void answersHaveTheDocumentedMembers() {
        HttpResponse<String> started =
                send("POST", PATH, "admin", "{\"aggregateTypes\":[\"purchase\"],\"dryRun\":true}");
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        String[] members = {
            "actions", "aggregateTypes", "changedSince", "createdAt", "dryRun", "error", "estimatedEnd", "failedCount",
            "finishedAt", "id", "idCount", "pendingCount", "publishedCount", "rate", "ratePerSecond", "rebuiltAt",
            "requestedBy", "skippedCount", "startedAt", "state", "tombstones", "types", "waitingFor"
        };
        assertThat(new TreeSet<>(json(started).propertyNames())).containsExactly(members);
        UUID id = UUID.fromString(json(started).get("id").asString());
        ended(id);
        JsonNode shown = json(send("GET", "/actuator/outboxRepublish/" + id, "admin", ""));
        assertThat(new TreeSet<>(shown.propertyNames())).containsExactly(members);
        assertThat(new TreeSet<>(shown.get("types").get(0).propertyNames()))
                .containsExactly("aggregateType", "failed", "pending", "published", "skipped", "total");
        assertThat(shown.get("requestedBy").asString()).isEqualTo("admin");
        JsonNode outbox = json(send("GET", "/actuator/outbox", "admin", ""));
        assertThat(outbox.has("oldestUnpublished") && outbox.has("leaves"))
                .as(outbox.toString())
                .isTrue();
    }
}
