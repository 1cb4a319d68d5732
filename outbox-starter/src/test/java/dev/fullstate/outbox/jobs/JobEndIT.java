package dev.fullstate.outbox.jobs;

import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.jobs.Job.PartitionEnd;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.RepublishTest;

import static org.assertj.core.api.Assertions.assertThat;

/** A job shows the offsets that the relay has noted, up to which a consumer has to read. The relay's tests show the note itself. */
class JobEndIT extends RepublishTest {

    private static void noteAsRelay(UUID job, String pipeline, String offsets) {
        shop.jdbc()
                .sql("insert into outbox_job_end (job_id, pipeline, offsets, published_lsn)"
                        + " values (:job, :pipeline, cast(:offsets as jsonb), '0/1')")
                .param("job", job)
                .param("pipeline", pipeline)
                .param("offsets", offsets)
                .update();
    }

    @Test
    void endOfAJobIsUnknownUntilTheRelayHasPublishedIt() {
        purchases(1);
        assertThat(ended(RepublishRequest.ofTypes(List.of("purchase"))).rebuiltAt())
                .isNull();
    }

    @Test
    void jobHasTheOffsetThatAConsumerMustReachInEachPartition() {
        UUID id = ended(RepublishRequest.ofTypes(List.of("purchase"))).id();
        UUID other = ended(RepublishRequest.ofTypes(List.of("seat"))).id();
        noteAsRelay(id, "second", "[{\"topic\": \"t\", \"partition\": 0, \"offset\": 5000000000}]");
        noteAsRelay(
                id,
                "first",
                "[{\"topic\": \"t\", \"partition\": 1, \"offset\": 1}, {\"topic\": \"t\", \"partition\": 0, \"offset\": 7}]");
        noteAsRelay(other, "first", "[]");

        assertThat(job(id).rebuiltAt())
                .containsExactly(
                        new PartitionEnd("first", "t", 0, 7),
                        new PartitionEnd("first", "t", 1, 1),
                        new PartitionEnd("second", "t", 0, 5_000_000_000L));
        assertThat(job(other).rebuiltAt()).isEmpty();
    }
}
