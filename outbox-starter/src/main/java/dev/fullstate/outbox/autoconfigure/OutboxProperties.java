package dev.fullstate.outbox.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.bulk.BulkOperations;

/**
 * Configuration of the writing side.
 *
 * @param enabled Whether changes of entities with {@code @PublishFullState} are captured.
 * @param source CloudEvents source of all events, a URI reference. Defaults to "urn:service:" and the application's name.
 * @param schema Outbox schema.
 * @param capture Capture of changes.
 * @param payload Data of events.
 * @param republish Republish jobs.
 * @param retention Retention of the outbox's rows.
 * @param admin Admin endpoints.
 */
@ConfigurationProperties("outbox")
record OutboxProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String source,
        @DefaultValue Schema schema,
        @DefaultValue Capture capture,
        @DefaultValue Payload payload,
        @DefaultValue Republish republish,
        @DefaultValue Retention retention,
        @DefaultValue Admin admin) {

    OutboxProperties {
        Assert.isTrue(
                source == null || isUriReference(source),
                () -> "outbox.source must be a URI reference and not empty, but is '" + source + "'");
    }

    private static boolean isUriReference(String text) {
        try {
            return !new URI(text).toString().isEmpty();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /**
     * Outbox schema.
     *
     * @param initialize Whether the outbox tables and the publication are created and migrated at start-up, in each
     *     database with captured entities.
     */
    record Schema(@DefaultValue("true") boolean initialize) {}

    /**
     * Capture of changes.
     *
     * @param maxAggregatesPerTransaction Most aggregates that one transaction may change.
     * @param bulkOperations What happens to an HQL, JPQL or criteria statement that changes captured aggregates in bulk, and
     *     so without an event.
     */
    record Capture(
            @DefaultValue("10000") int maxAggregatesPerTransaction,
            @DefaultValue("fail") BulkOperations.Policy bulkOperations) {
        Capture {
            Assert.isTrue(
                    maxAggregatesPerTransaction > 0,
                    "outbox.capture.max-aggregates-per-transaction must be positive, but is "
                            + maxAggregatesPerTransaction);
        }
    }

    /**
     * Data of events.
     *
     * @param maxSize Largest payload of an event; a transaction with a larger one fails. Keep it below the largest record
     *     that Kafka takes, less about 16 KB for key and headers.
     */
    record Payload(@DefaultValue("1000000B") DataSize maxSize) {

        /** The table's own check. */
        private static final DataSize CEILING = DataSize.ofMegabytes(100);

        Payload {
            Assert.isTrue(
                    maxSize.toBytes() > 0 && maxSize.compareTo(CEILING) <= 0,
                    () -> "outbox.payload.max-size must be between 1B and " + CEILING + ", but is " + maxSize);
        }
    }

    /**
     * Republish jobs.
     *
     * @param chunkSize Aggregates that are locked, read and published in one transaction.
     * @param lockTimeout Time to wait for an aggregate that live traffic had locked, in the second pass.
     * @param pollInterval Time between two looks for jobs that another instance has left.
     * @param idleTimeout Time after which the database ends a transaction of an instance that has gone silent in the middle of it.
     * @param parallelism Transactions that an instance has under way at a time, each with aggregates of another type, or
     *     another range of ids of a type with many.
     * @param maxLag Age of the oldest unpublished event from which on jobs wait for the relay.
     * @param keepJobs Time for which jobs are kept after their end.
     */
    record Republish(
            @DefaultValue("100") int chunkSize,
            @DefaultValue("10s") Duration lockTimeout,
            @DefaultValue("5s") Duration pollInterval,
            @DefaultValue("30s") Duration idleTimeout,
            @DefaultValue("2") int parallelism,
            @DefaultValue("30s") Duration maxLag,
            @DefaultValue("90d") Duration keepJobs) {
        Republish {
            Assert.isTrue(
                    chunkSize > 0 && chunkSize <= 1000,
                    "outbox.republish.chunk-size must be between 1 and 1000, but is " + chunkSize);
            Assert.isTrue(
                    idleTimeout.toMillis() > 0,
                    "outbox.republish.idle-timeout must be positive, but is " + idleTimeout);
            Assert.isTrue(
                    parallelism > 0 && parallelism <= 64,
                    "outbox.republish.parallelism must be between 1 and 64, but is " + parallelism);
            Assert.isTrue(
                    maxLag.compareTo(Duration.ZERO) > 0, "outbox.republish.max-lag must be positive, but is " + maxLag);
            Assert.isTrue(
                    keepJobs.compareTo(Duration.ZERO) > 0,
                    "outbox.republish.keep-jobs must be positive, but is " + keepJobs);
        }
    }

    /**
     * Retention of the outbox's rows.
     *
     * @param enabled Whether rows are removed, a day at a time, once they are published and past the period.
     * @param period Time for which a row is kept at least, between 1 and 14 days.
     * @param checkInterval Time between two looks at the outbox, for what is to be removed and for its meters.
     */
    record Retention(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("7d") Duration period,
            @DefaultValue("1m") Duration checkInterval) {

        // The ring has 16 days: today's, and the one that is emptied before it is used again.
        private static final Duration LONGEST = Duration.ofDays(14);

        Retention {
            Assert.isTrue(
                    period.compareTo(Duration.ofDays(1)) >= 0 && period.compareTo(LONGEST) <= 0,
                    "outbox.retention.period must be between 1 and 14 days, but is " + period);
            Assert.isTrue(
                    checkInterval.compareTo(Duration.ZERO) > 0,
                    "outbox.retention.check-interval must be positive, but is " + checkInterval);
        }
    }

    /**
     * Admin endpoints.
     *
     * @param allowUnauthenticated Whether the admin endpoints exist without Spring Security, open to everyone.
     * @param securityFilterChain Whether the path of the admin endpoint has a security filter chain of its own. Without it the
     *     application's chains authenticate there too.
     */
    record Admin(
            @DefaultValue("false") boolean allowUnauthenticated,
            @DefaultValue("true") boolean securityFilterChain) {}
}
