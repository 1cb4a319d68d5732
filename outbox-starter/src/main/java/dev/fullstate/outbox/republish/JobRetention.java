package dev.fullstate.outbox.republish;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.store.Database;

/** Removes jobs, with all that is known of them, some time after they have ended. Thread-safe. */
final class JobRetention {

    private static final Logger log = LoggerFactory.getLogger(JobRetention.class);
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final int MOST_AT_A_TIME = 100;

    private final Database database;
    private final Duration period;
    private @Nullable Long lookedAt;

    JobRetention(Database database, Duration period) {
        this.database = database;
        this.period = period;
    }

    /**
     * Removes some, if it is time to look again. Several instances do not wait for each other.
     *
     * @throws org.springframework.dao.DataAccessException if it cannot; it is tried again at the next look
     */
    synchronized void removeSome() {
        long now = System.nanoTime();
        if (lookedAt != null && now - lookedAt < INTERVAL.toNanos()) {
            return;
        }
        lookedAt = now;
        int count = database.query(outbox -> outbox.sql("""
                        delete from {outbox_job}
                         where id in (select id from {outbox_job}
                                       where finished_at < clock_timestamp() - make_interval(secs => :seconds)
                                       order by finished_at limit :most
                                         for update skip locked)
                        """)
                .param("seconds", (double) period.toSeconds())
                .param("most", MOST_AT_A_TIME)
                .update());
        if (count > 0) {
            log.info("Removed {} republish jobs that ended longer ago than outbox.republish.keep-jobs", count);
        }
        if (count == MOST_AT_A_TIME) {
            lookedAt = null;
        }
    }
}
