package dev.fullstate.outbox.jobs;

import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.RepublishTest;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class JobRetentionIT extends RepublishTest {

    /** More than are removed at a time. */
    private static final int MANY = 250;

    private static void insertJobs(String state, String ended, int count) {
        shop.jdbc()
                .sql("""
                        with job as (
                            insert into outbox_job (id, kind, state, requested_by, finished_at)
                            select gen_random_uuid(), 'republish', :state, 'test', clock_timestamp() - cast(:ended as interval)
                              from generate_series(1, :count)
                            returning id),
                        slice as (
                            insert into outbox_job_slice (job_id, aggregate_type) select id, 'gone' from job returning job_id),
                        action as (
                            insert into outbox_job_action (job_id, action, actor) select id, 'start', 'test' from job),
                        ends as (
                            insert into outbox_job_end (job_id, pipeline, offsets, published_lsn)
                            select id, 'outbox', '[]', '0/1' from job)
                        insert into outbox_job_item (job_id, aggregate_type, aggregate_id, pass)
                        select job_id, 'gone', 'a', 'CONTENDED' from slice
                        """)
                .param("state", state)
                .param("ended", ended)
                .param("count", count)
                .update();
    }

    private static List<String> states() {
        return shop.jdbc()
                .sql("select state from outbox_job order by state")
                .query(String.class)
                .list();
    }

    @Test
    void jobsAreRemovedWithAllTheirRowsSomeTimeAfterTheirEnd() {
        purchases(1);
        UUID recent = ended(RepublishRequest.ofTypes(List.of("purchase"))).id();
        republisher().stop();
        insertJobs("COMPLETED", "49 hours", MANY);
        insertJobs("FAILED", "49 hours", 1);
        insertJobs("CANCELLED", "47 hours", 1);
        insertJobs("PAUSED", null, 1);
        insertJobs("RUNNING", null, 1);

        try (ShopApplication instance = ShopApplication.startAgain(
                postgres, "republish", "outbox.republish.keep-jobs=48h", "outbox.republish.poll-interval=100ms")) {
            await().until(() -> states().size() == 4);
            assertThat(instance.bean(Republisher.class).find(recent)).isPresent();
        }

        assertThat(states()).containsExactly("CANCELLED", "COMPLETED", "PAUSED", "RUNNING");
        for (String table : new String[] {"slice", "action", "item", "end"}) {
            assertThat(shop.jdbc()
                            .sql("select count(distinct job_id) from outbox_job_" + table)
                            .query(Integer.class)
                            .single())
                    .as(table)
                    .isEqualTo(table.equals("item") || table.equals("end") ? 3 : 4);
        }
        assertThat(shop.outbox()).hasSize(1);
    }
}
