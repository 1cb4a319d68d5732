package dev.fullstate.outbox.jobs;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.store.Database;

/** Removes jobs, with all that is known of them, some time after their end. Thread-safe. */
final class JobRetention {

    private static final Logger log = LoggerFactory.getLogger(JobRetention.class);
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final int MOST_AT_A_TIME = 100;

    private final Database database;
    private final JobKind kind;
    private final JobOptions options;
    /** The time of this instance's last check, by its own clock; null before the first one, and while there is more to remove. */
    private @Nullable Long lookedAt;

    JobRetention(Database database, JobKind kind, JobOptions options) {
        this.database = database;
        this.kind = kind;
        this.options = options;
    }

    /**
     * Removes some jobs, if the next check is due. Several instances do not wait for each other.
     *
     * @throws org.springframework.dao.DataAccessException if it cannot; the next check tries again
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
                                       where kind = :kind and finished_at < clock_timestamp() - make_interval(secs => :seconds)
                                       order by finished_at limit :most
                                         for update skip locked)
                        """)
                .param("kind", kind.name())
                .param("seconds", (double) options.keepJobs().toSeconds())
                .param("most", MOST_AT_A_TIME)
                .update());
        if (count > 0) {
            log.info(
                    "Removed {} {} jobs that ended longer ago than {}.keep-jobs", count, kind.name(), options.prefix());
        }
        if (count == MOST_AT_A_TIME) {
            lookedAt = null;
        }
    }
}
