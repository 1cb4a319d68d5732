package dev.fullstate.outbox.jobs;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.RepublishTest;
import dev.fullstate.outbox.shop.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Counting takes longer than {@code statement_timeout} allows: here for a lock, elsewhere for the number of rows. */
@ExtendWith(OutputCaptureExtension.class)
class CountTimeoutIT extends RepublishTest {

    @BeforeAll
    static void limitStatements() {
        shop.close();
        shop = ShopApplication.startAgain(
                postgres,
                "republish",
                Stream.concat(
                                Stream.of(OPTIONS),
                                Stream.of("spring.datasource.hikari.connection-init-sql=set statement_timeout = '5s'"))
                        .toArray(String[]::new));
    }

    private static Connection holdingThePurchases() throws SQLException {
        return holding("lock table purchase in access exclusive mode");
    }

    @Test
    void jobWhoseCountTimesOutGoesOnWithoutATotal(CapturedOutput output) throws SQLException {
        List<UUID> ids = purchases(2 * CHUNK);
        UUID id;
        try (Connection held = holdingThePurchases()) {
            id = republisher().start(List.of("purchase"), "test");
            await().until(() -> shop.jdbc()
                    .sql("select pass = 'SCAN' from outbox_job_slice where job_id = :job")
                    .param("job", id)
                    .query(Boolean.class)
                    .single());
            held.rollback();
        }

        RepublishJob job = ended(id);
        assertThat(job.state()).as(job.toString()).isEqualTo(Job.State.COMPLETED);
        assertThat(job.types().get(0).total()).isNull();
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(texts(ids));
        assertThat(output).contains("cannot count the aggregates of type 'purchase'", "statement timeout");
    }

    @Test
    void dryRunWhoseCountTimesOutFails() throws SQLException {
        try (Connection held = holdingThePurchases()) {
            RepublishJob job = ended(new RepublishRequest(List.of("purchase"), null, null, null, true, false));

            assertThat(job.state()).as(job.toString()).isEqualTo(Job.State.FAILED);
            assertThat(job.error()).contains("Given up at type 'purchase'", "statement timeout");
            held.rollback();
        }
    }
}
