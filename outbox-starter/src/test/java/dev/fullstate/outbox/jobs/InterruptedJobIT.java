package dev.fullstate.outbox.jobs;

import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.republish.RepublishTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The database's disk is full for a while: a job tries again every few seconds, for as long as that lasts. */
@ExtendWith(OutputCaptureExtension.class)
class InterruptedJobIT extends RepublishTest {

    private static final int ATTEMPTS = 40;

    @BeforeEach
    void fillTheDisk() {
        shop.jdbc().sql("""
                        create sequence attempts;
                        create function no_space() returns trigger language plpgsql as $$
                        begin
                            perform nextval('attempts');
                            raise exception 'no space left on device' using errcode = '53100';
                        end $$
                        """).update();
    }

    @AfterEach
    void removeTheTrigger() {
        shop.jdbc()
                .sql("drop function no_space cascade; drop sequence attempts")
                .update();
    }

    @Test
    void jobThatIsInterruptedAgainAndAgainHasFewLinesOfTheLog(CapturedOutput output) {
        List<UUID> ids = purchases(CHUNK);
        shop.jdbc()
                .sql("create trigger full_disk before insert on outbox for each statement execute function no_space()")
                .update();
        UUID job = republisher().start(List.of("purchase"), "test");
        await().until(() -> shop.jdbc()
                        .sql("select last_value from attempts")
                        .query(Long.class)
                        .single()
                >= ATTEMPTS);
        shop.jdbc().sql("drop trigger full_disk on outbox").update();

        assertThat(ended(job).state()).isEqualTo(Job.State.COMPLETED);
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(texts(ids));
        assertThat(output.getAll().split("is interrupted at type", -1).length - 1)
                .isBetween(1, 10);
    }
}
