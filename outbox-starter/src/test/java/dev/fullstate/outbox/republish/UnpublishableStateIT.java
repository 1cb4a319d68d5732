package dev.fullstate.outbox.republish;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.republish.RepublishJob.TypeProgress;
import dev.fullstate.outbox.shop.OutboxRow;

import static org.assertj.core.api.Assertions.assertThat;

/** A state that cannot be published is left out, and no other state is. */
class UnpublishableStateIT extends RepublishTest {

    /** Makes the state too large by SQL, as capture would have refused it. */
    private static void makeTooLarge(UUID id) {
        shop.jdbc()
                .sql("insert into purchase_notes (purchase_purchase_id, position, notes)"
                        + " select ?, n, repeat('x', 200) from generate_series(0, 19) as n")
                .param(id)
                .update();
    }

    private static void assertAllOthersArePublished(RepublishJob end, List<UUID> ids, List<UUID> tooLarge) {
        List<UUID> others = new ArrayList<>(ids);
        others.removeAll(tooLarge);
        assertThat(end.state()).isEqualTo(State.FAILED);
        assertThat(end.types())
                .containsExactly(new TypeProgress("purchase", (long) ids.size(), others.size(), 0, 0, tooLarge.size()));
        assertThat(shop.outbox()).extracting(OutboxRow::aggregateId).containsExactlyInAnyOrderElementsOf(texts(others));
        assertThat(end.error())
                .contains(tooLarge.size() + " aggregates failed")
                .contains("2000 is the maximum of an event");
    }

    @Test
    void allOtherAggregatesArePublishedAndTheJobNamesTheMissingOne() {
        List<UUID> ids = purchases(3 * CHUNK);
        List<UUID> tooLarge = List.of(ids.get(CHUNK), ids.get(CHUNK + 2));
        tooLarge.forEach(UnpublishableStateIT::makeTooLarge);

        RepublishJob end = ended(RepublishRequest.ofTypes(List.of("purchase")));

        assertAllOthersArePublished(end, ids, tooLarge);
        assertThat(end.error()).contains("purchase " + tooLarge.get(0));
    }

    @Test
    void allOtherNamedAggregatesArePublishedToo() {
        List<UUID> ids = purchases(CHUNK + 1);
        List<UUID> tooLarge = List.of(ids.get(1));
        tooLarge.forEach(UnpublishableStateIT::makeTooLarge);

        RepublishJob end = ended(RepublishRequest.ofIds("purchase", texts(ids)));

        assertAllOthersArePublished(end, ids, tooLarge);
    }

    /** It would end the thread of each worker that comes to it. */
    @Test
    void allOtherAggregatesArePublishedBesideOneWhoseCodeThrowsAnError() {
        List<UUID> ids = purchases(CHUNK + 1);
        UUID broken = ids.get(1);
        shop.jdbc()
                .sql("update line set quantity = -2147483648 where purchase_purchase_id = ? and product = 'apple'")
                .param(broken)
                .update();

        RepublishJob end = ended(RepublishRequest.ofTypes(List.of("purchase")));

        assertThat(end.state()).isEqualTo(State.FAILED);
        assertThat(end.error()).contains("purchase " + broken, "org/example/Missing");
        assertThat(shop.outbox()).hasSize(ids.size() - 1);
    }

    @Test
    void failureThatAllAggregatesShareEndsTheJobAtOnce() {
        purchases(CHUNK + 1);
        shop.jdbc().sql("alter table line rename to line_elsewhere").update();
        try {
            RepublishJob end = ended(RepublishRequest.ofTypes(List.of("purchase")));

            assertThat(end.state()).isEqualTo(State.FAILED);
            assertThat(end.error()).startsWith("Given up at type 'purchase'").contains("line");
            assertThat(end.failedCount()).isZero();
            assertThat(end.pendingCount()).isZero();
            assertThat(shop.outbox()).isEmpty();
        } finally {
            shop.jdbc().sql("alter table line_elsewhere rename to line").update();
        }
    }
}
