package dev.fullstate.outbox.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The outbox at one moment, by the database's clock: the rows it holds, the pipelines that publish it, the leaves that were
 * retired.
 *
 * @param at the time of the query
 * @param leaves the days of the ring, today's first
 * @param pipelines that publish the outbox; empty if no relay has ever done so
 * @param oldestUnpublished time of the oldest row that a pipeline may not have published; null if there is none. It is taken from
 *     the first thousand such rows by transaction, so it may be a little too young if transactions are very long
 * @param retirement the leaves that this instance has retired
 * @param obstacle that keeps the retention from working at all; null if there is none
 */
public record OutboxState(
        Instant at,
        List<Leaf> leaves,
        List<Pipeline> pipelines,
        @Nullable Instant oldestUnpublished,
        Retirement retirement,
        @Nullable Obstacle obstacle) {

    /**
     * The rows of a day, and those of the day sixteen days before if they could not be retired.
     *
     * @param name the table
     * @param day the day, in UTC
     * @param daysAgo 0 for today's leaf, 15 for the leaf that is used again tomorrow
     * @param rowCount estimate of PostgreSQL's statistics
     * @param sizeBytes with indexes and large values that are stored apart
     * @param overdue whether its day is past the retention period and it still has rows
     * @param obstacle that kept it from being retired at this instance's last attempt; null if there was none
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
     * A relay, as of its last note.
     *
     * @param name of the pipeline
     * @param slotName the replication slot that it reads
     * @param slotActive whether a relay is reading the slot now
     * @param unconfirmedBytes WAL that the slot retains; null if there is no such slot
     * @param publishedLsn the position up to which it had published everything
     * @param updatedAt time of its last note; it makes notes only while there are events
     * @param ofThisServer whether the note was made on this server; one that came with a dump does not count
     * @param oldestUnpublished time of the oldest row that it may not have published; null if there is none
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
     * The retirements of this instance since its start; other instances retire leaves too.
     *
     * @param enabled whether this instance retires leaves
     * @param period minimum time for which rows are kept
     * @param leafCount number of leaves that it has retired
     * @param last the last of them; null before the first
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
     * @param day of its rows
     * @param at the time of its retirement
     */
    public record Retired(String name, LocalDate day, Instant at) {}

    /**
     * An obstacle to retirement.
     *
     * @param reason of the obstacle
     * @param remedy for it, if possible as a statement to paste
     */
    public record Obstacle(String reason, String remedy) {}

    public OutboxState {
        leaves = List.copyOf(leaves);
        pipelines = List.copyOf(pipelines);
    }

    /** Returns the age of {@link #oldestUnpublished()}; zero if there is no such row. */
    public Duration oldestUnpublishedAge() {
        return oldestUnpublished == null || oldestUnpublished.isAfter(at)
                ? Duration.ZERO
                : Duration.between(oldestUnpublished, at);
    }
}
