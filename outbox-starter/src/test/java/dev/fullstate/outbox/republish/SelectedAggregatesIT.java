package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.republish.RepublishJob.TypeProgress;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Seat;
import dev.fullstate.outbox.shop.Warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Jobs for named aggregates, for those that have changed, and for those that no longer exist. */
class SelectedAggregatesIT extends RepublishTest {

    private static RepublishRequest changedSince(Instant since) {
        return new RepublishRequest(List.of("purchase"), null, since, null, false, false);
    }

    private static RepublishRequest tombstones(String type, List<String> ids) {
        return new RepublishRequest(List.of(type), ids, null, null, false, true);
    }

    private static Instant now() {
        return shop.jdbc()
                .sql("select clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    private static int jobCount() {
        return shop.jdbc()
                .sql("select count(*) from outbox_job")
                .query(Integer.class)
                .single();
    }

    private static void assertRefused(RepublishRequest request, String... message) {
        assertThatThrownBy(() -> republisher().start(request, "test"))
                .isInstanceOf(InvalidRepublishRequestException.class)
                .hasMessageContainingAll(message);
        assertThat(jobCount()).isZero();
    }

    @Test
    void namedAggregatesAreRepublishedOnceEachHoweverTheirIdsAreWritten() {
        List<String> ids = texts(purchases(2 * CHUNK + 2));
        List<String> named = new java.util.ArrayList<>(ids.subList(0, 2 * CHUNK));
        named.add(ids.get(0).toUpperCase(java.util.Locale.ROOT));

        RepublishJob end = ended(RepublishRequest.ofIds("purchase", named));

        assertThat(end.idCount()).isEqualTo(2 * CHUNK);
        assertThat(end.types()).containsExactly(new TypeProgress("purchase", 2L * CHUNK, 2 * CHUNK, 0, 0, 0));
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(ids.subList(0, 2 * CHUNK));
    }

    @Test
    void compositeIdsAreNamedAsTheirEventsHaveThem() {
        shop.run(em -> em.persist(new Seat("a:b%", 1)));
        shop.run(em -> em.persist(new Seat("a", 2)));
        String key = shop.outbox().get(0).aggregateId();
        shop.forgetOutbox();

        assertThat(ended(RepublishRequest.ofIds("seat", List.of(key))).publishedCount())
                .isEqualTo(1);

        assertThat(publishedIds()).containsExactly("a%3Ab%25:1");
    }

    @Test
    void namedAggregateThatDoesNotExistIsSkipped() {
        List<String> ids = texts(purchases(1));
        RepublishJob end = ended(RepublishRequest.ofIds(
                "purchase", List.of(ids.get(0), UUID.randomUUID().toString())));

        assertThat(end.state()).isEqualTo(State.COMPLETED);
        assertThat(end.types()).containsExactly(new TypeProgress("purchase", 2L, 1, 0, 1, 0));
        assertThat(publishedIds()).isEqualTo(ids);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a:1:2", "a:x", "", "a:1\n"})
    void textThatCannotBeAnIdIsRefused(String id) {
        assertRefused(RepublishRequest.ofIds("seat", List.of("a:1", id)), "id", "seat");
    }

    @Test
    void idsWithoutTheirTypeAndTooManyOfThemAreRefused() {
        for (List<String> types : List.of(List.<String>of(), List.of("seat", "purchase"))) {
            assertThatThrownBy(() -> new RepublishRequest(types, List.of("a:1"), null, null, false, false))
                    .isInstanceOf(InvalidRepublishRequestException.class)
                    .hasMessageContaining("exactly one");
        }
        assertThatThrownBy(() -> RepublishRequest.ofIds("seat", List.of())).hasMessageContaining("between 1 and 10000");
        assertThatThrownBy(() -> RepublishRequest.ofIds("seat", Collections.nCopies(10_001, "a:1")))
                .hasMessageContaining("between 1 and 10000");
    }

    @Test
    void onlyAggregatesThatHaveChangedSinceAreRepublished() {
        List<UUID> ids = purchases(2 * CHUNK);
        shop.run(em -> em.find(Purchase.class, ids.get(0)).setReference("before"));
        Instant since = now();
        for (UUID id : ids.subList(1, CHUNK + 2)) {
            shop.run(em -> em.find(Purchase.class, id).setReference("after"));
            shop.run(em -> em.find(Purchase.class, id).setReference("twice"));
        }
        shop.run(em -> em.remove(em.find(Purchase.class, ids.get(1))));

        RepublishJob end = ended(changedSince(since));

        assertThat(end.changedSince()).isEqualTo(since);
        assertThat(end.types()).containsExactly(new TypeProgress("purchase", CHUNK + 1L, CHUNK, 0, 1, 0));
        assertThat(shop.outbox().stream().filter(row -> end.id().equals(row.republishId())))
                .extracting(OutboxRow::aggregateId)
                .containsExactlyInAnyOrderElementsOf(texts(ids.subList(2, CHUNK + 2)));
        // The event of a job is not a change.
        assertThat(ended(changedSince(end.createdAt())).types().get(0).total()).isZero();
    }

    @Test
    void requestForChangesThatTheOutboxNoLongerHasIsRefused() {
        assertRefused(changedSince(now()), "it has none");
        Instant before = now();
        List<UUID> ids = purchases(1);
        shop.run(em -> em.find(Purchase.class, ids.get(0)).setReference("x"));
        Instant oldest = shop.jdbc()
                .sql("select min(created_at) from outbox")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();

        assertRefused(changedSince(before), "oldest time is " + oldest);
        assertRefused(changedSince(now().plusSeconds(60)), "future");
        assertThat(ended(changedSince(oldest)).publishedCount()).isEqualTo(1);
    }

    /** A day's rows may be kept from removal while those of the next day go. */
    @Test
    void rowsKeptBeyondTheRetentionDoNotProveThatAllChangesAreThere() {
        List<UUID> ids = purchases(1);
        shop.run(em -> em.find(Purchase.class, ids.get(0)).setReference("x"));
        shop.jdbc()
                .sql("update outbox set created_at = created_at - interval '10 days'")
                .update();

        assertRefused(changedSince(now().minusSeconds(8 * 86_400)), "further back");
        assertThat(ended(changedSince(now().minusSeconds(6 * 86_400))).state()).isEqualTo(State.COMPLETED);
    }

    @Test
    void dryRunCountsAndWritesNothing() {
        purchases(CHUNK + 1);
        shop.run(em -> em.persist(new Warehouse(1, "north")));
        Instant since = now();
        shop.run(em -> em.find(Warehouse.class, 1L).setName("south"));
        shop.forgetOutbox();

        RepublishJob all = ended(new RepublishRequest(List.of(), null, null, null, true, false));
        RepublishJob named = ended(new RepublishRequest(List.of("depot"), List.of("1", "2"), null, null, true, false));

        assertThat(all.state()).isEqualTo(State.COMPLETED);
        assertThat(all.types())
                .containsExactly(
                        new TypeProgress("depot", 1L, 0, 0, 0, 0),
                        new TypeProgress("purchase", CHUNK + 1L, 0, 0, 0, 0),
                        new TypeProgress("seat", 0L, 0, 0, 0, 0));
        assertThat(named.types().get(0).total()).isEqualTo(2);
        assertThat(shop.outbox()).isEmpty();

        shop.run(em -> em.find(Warehouse.class, 1L).setName("west"));
        RepublishJob changed = ended(new RepublishRequest(
                List.of("depot"), null, now().isAfter(since) ? oldest() : since, null, true, false));
        assertThat(changed.types().get(0).total()).isEqualTo(1);
        assertThat(shop.outbox()).hasSize(1);
    }

    private static Instant oldest() {
        return shop.jdbc()
                .sql("select min(created_at) from outbox")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    @Test
    void namedAggregateThatDoesNotExistGetsADeleteEventWithTombstones() {
        List<String> there = texts(purchases(1));
        String gone = UUID.randomUUID().toString();

        RepublishJob end = ended(tombstones("purchase", List.of(there.get(0), gone)));

        assertThat(end.types()).containsExactly(new TypeProgress("purchase", 2L, 2, 0, 0, 0));
        OutboxRow delete = shop.outbox(gone).get(0);
        assertThat(shop.outbox()).hasSize(2);
        assertThat(delete.operation()).isEqualTo("delete");
        assertThat(delete.payload()).isNull();
        assertThat(delete.entityVersion()).isNull();
        assertThat(delete.republishId()).isEqualTo(end.id());
        assertThat(shop.outbox(there.get(0)).get(0).operation()).isEqualTo("update");
        assertThatThrownBy(() -> new RepublishRequest(List.of("purchase"), null, null, null, false, true))
                .hasMessageContaining("'ids' must be given");
    }

    /**
     * The creating transaction has drawn its sequence before the delete event and commits after it: a consumer that compares the
     * sequence would keep the delete.
     */
    @Test
    void aggregateCreatedDuringItsDeleteEventIsPublishedAfterIt() throws Exception {
        String id = UUID.randomUUID().toString();
        UUID job;
        try (Connection creator = holding("insert into purchase (purchase_id, reference, version) values ('" + id
                + "', 'new', 0); "
                + OutboxInsert.row()
                        .of(id)
                        .payload("{\"reference\":\"new\"}")
                        .with("aggregatetype", "'purchase'")
                        .with("entityversion", "0")
                        .with("operation", "'create'")
                        .sql())) {
            job = republisher().start(tombstones("purchase", List.of(id)), "test");
            await().until(() -> shop.outbox(id).size() == 1);
            assertThat(shop.outbox(id).get(0).operation()).isEqualTo("delete");
            await().until(() -> job(job).waitingFor() != null);
            assertThat(job(job).waitingFor()).contains("transactions that were open");
            assertThat(job(job).pendingCount()).isEqualTo(1);
            creator.commit();
        }

        RepublishJob end = ended(job);

        assertThat(end.types()).containsExactly(new TypeProgress("purchase", 1L, 1, 0, 0, 0));
        assertThat(shop.outbox(id)).extracting(OutboxRow::operation).containsExactly("create", "delete", "update");
        assertThat(shop.outbox(id).get(2).data().get("reference").asString()).isEqualTo("new");
    }
}
