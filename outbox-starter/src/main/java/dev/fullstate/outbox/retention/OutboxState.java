package dev.fullstate.outbox.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The outbox at one moment, by the database's clock: how much it holds, how far it is published, what is retired.
 *
 * @param at when the database was asked
 * @param leaves the days that the ring holds, today's first
 * @param pipelines who publishes the outbox; empty where no relay has ever done so
 * @param oldestUnpublished when the oldest row was written that a pipeline may not have published; null if there is none. Taken
 *     from the first thousand such rows by transaction, so a little too young where transactions are very long
 * @param retirement what this instance has retired
 * @param obstacle what keeps the outbox from being looked after at all; null if nothing does
 */
public record OutboxState(
        Instant at,
        List<Leaf> leaves,
        List<Pipeline> pipelines,
        @Nullable Instant oldestUnpublished,
        Retirement retirement,
        @Nullable Obstacle obstacle) {

    /**
     * The rows of a day, and of the day sixteen days before where they could not be retired.
     *
     * @param name the table
     * @param day the day, in UTC
     * @param daysAgo 0 for today's, 15 for the one that is used again tomorrow
     * @param rowCount estimate of PostgreSQL's statistics
     * @param sizeBytes with indexes and what is stored beside the table
     * @param overdue whether its day is past the retention and it holds something all the same
     * @param obstacle what kept it from being retired at the last attempt of this instance; null if nothing did
     */
    public record Leaf(
            String name,
            LocalDate day,
            int daysAgo,
            long rowCount,
            long sizeBytes,
            boolean overdue,
            @Nullable Obstacle obstacle) {

        Leaf withObstacle(@Nullable Obstacle what) {
            return new Leaf(name, day, daysAgo, rowCount, sizeBytes, overdue, what);
        }
    }

    /**
     * A relay, as it was when it wrote last.
     *
     * @param name of the pipeline
     * @param slotName the replication slot that it reads
     * @param slotActive whether a relay reads the slot now
     * @param unconfirmedBytes WAL that the slot retains; null where there is no such slot
     * @param publishedLsn up to where it had published everything
     * @param updatedAt when it wrote last, which it does only while there are events
     * @param ofThisServer whether it wrote on this server; a note that has come with a dump counts for nothing
     * @param oldestUnpublished when the oldest row was written that it may not have published; null if there is none
     */
    public record Pipeline(
            String name,
            String slotName,
            boolean slotActive,
            @Nullable Long unconfirmedBytes,
            String publishedLsn,
            Instant updatedAt,
            boolean ofThisServer,
            @Nullable Instant oldestUnpublished) {}

    /**
     * What this instance has retired since its start; other instances retire too.
     *
     * @param enabled whether it retires at all
     * @param period how long rows are kept at least
     * @param leafCount leaves that it has retired
     * @param last the last one of them; null before the first
     */
    public record Retirement(
            boolean enabled,
            Duration period,
            long leafCount,
            @Nullable Retired last) {}

    /**
     * A leaf that was retired.
     *
     * @param name the table
     * @param day whose rows it held
     * @param at when
     */
    public record Retired(String name, LocalDate day, Instant at) {}

    /**
     * What is in the way of retirement.
     *
     * @param reason what is the matter
     * @param remedy what to do about it, where possible a statement to paste
     */
    public record Obstacle(String reason, String remedy) {}

    public OutboxState {
        leaves = List.copyOf(leaves);
        pipelines = List.copyOf(pipelines);
    }

    /** How old {@link #oldestUnpublished()} was; zero if there was none. */
    public Duration oldestUnpublishedAge() {
        return oldestUnpublished == null || oldestUnpublished.isAfter(at)
                ? Duration.ZERO
                : Duration.between(oldestUnpublished, at);
    }
}
