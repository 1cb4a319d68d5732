package dev.fullstate.outbox.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.bulk.BulkOperations;
import dev.fullstate.outbox.contract.OutboxNames;

/**
 * Configuration of the writing side.
 *
 * @param enabled Whether changes of entities with @PublishFullState are captured.
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

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** PostgreSQL and the timers count milliseconds in 32 bits, which are 24 days. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(24);

    private static final Duration LONGEST_PERIOD = Duration.ofDays(10_000);

    OutboxProperties {
        if (source != null) {
            PropertyValue.of("outbox.source", source).require(isUriReference(source), "a URI reference, and not empty");
        }
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
     * @param initialize Whether the outbox tables and the publication are created and migrated at start-up, in each database with
     *     captured entities.
     * @param name Schema of the outbox tables. Defaults to the current schema of the application's connections.
     * @param table Name of the outbox table. The names of all other tables begin with it.
     * @param publication Name of the publication, unique in its database. Defaults to the table's name, preceded by the schema's
     *     if that is set.
     */
    record Schema(
            @DefaultValue("true") boolean initialize,
            @Nullable String name,
            @DefaultValue(OutboxNames.DEFAULT_TABLE) String table,
            @Nullable String publication) {

        Schema {
            PropertyValue.of("outbox.schema.table", table)
                    .require(OutboxNames.canBeTable(table), OutboxNames.TABLE_NAME);
            if (name != null) {
                PropertyValue.of("outbox.schema.name", name).require(OutboxNames.canBeName(name), OutboxNames.NAME);
            }
            String published = publication == null ? OutboxNames.publication(name, table) : publication;
            PropertyValue.of("outbox.schema.publication", published)
                    .require(OutboxNames.canBeName(published), OutboxNames.NAME);
        }

        OutboxNames names() {
            return publication == null ? OutboxNames.of(name, table) : new OutboxNames(name, table, publication);
        }
    }

    /**
     * Capture of changes.
     *
     * @param maxAggregatesPerTransaction Maximum number of aggregates that one transaction may change.
     * @param bulkOperations Treatment of HQL, JPQL and criteria statements that change captured aggregates in bulk, and of writes
     *     of other entity classes to their tables: both have no event.
     * @param pipelining Whether statements that need not wait for each other's answers are sent to the database with one request:
     *     those that lock and read the state, and the commit together with the last events.
     */
    record Capture(
            @DefaultValue("10000") int maxAggregatesPerTransaction,
            @DefaultValue("fail") BulkOperations.Policy bulkOperations,
            @DefaultValue("true") boolean pipelining) {
        Capture {
            PropertyValue.of("outbox.capture.max-aggregates-per-transaction", maxAggregatesPerTransaction)
                    .requireBetween(1, Integer.MAX_VALUE);
        }
    }

    /**
     * Data of events.
     *
     * @param maxSize Maximum size of an event's payload; a transaction with a larger one fails. Keep it below the largest record
     *     that Kafka accepts, minus about 16 KB for key and headers.
     */
    record Payload(@DefaultValue("960KB") DataSize maxSize) {

        /** The table's check constraint has the same limit. */
        private static final DataSize CEILING = DataSize.ofMegabytes(100);

        Payload {
            PropertyValue.of("outbox.payload.max-size", maxSize).requireBetween(DataSize.ofBytes(1), CEILING);
        }
    }

    /**
     * Republish jobs.
     *
     * @param chunkSize Number of aggregates that are locked, read and published in one transaction.
     * @param lockTimeout Time to wait, in the second pass, for an aggregate that live traffic had locked.
     * @param pollInterval Time between two checks for jobs that another instance has left.
     * @param idleTimeout Time after which the database ends the transaction of an instance that has gone silent in the middle of
     *     it.
     * @param parallelism Number of transactions that an instance runs at a time, each with aggregates of another type, or another
     *     range of ids of a type with many aggregates.
     * @param maxLag Age of the oldest unpublished event above which jobs wait for the relay.
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
            PropertyValue.of("outbox.republish.chunk-size", chunkSize).requireBetween(1, 1000);
            PropertyValue.of("outbox.republish.lock-timeout", lockTimeout).requireBetween(SHORTEST, LONGEST_TIMEOUT);
            PropertyValue.of("outbox.republish.poll-interval", pollInterval).requireBetween(SHORTEST, LONGEST_TIMEOUT);
            PropertyValue.of("outbox.republish.idle-timeout", idleTimeout).requireBetween(SHORTEST, LONGEST_TIMEOUT);
            PropertyValue.of("outbox.republish.parallelism", parallelism).requireBetween(1, 64);
            PropertyValue.of("outbox.republish.max-lag", maxLag).requireBetween(SHORTEST, LONGEST_PERIOD);
            PropertyValue.of("outbox.republish.keep-jobs", keepJobs).requireBetween(SHORTEST, LONGEST_PERIOD);
        }
    }

    /**
     * Retention of the outbox's rows.
     *
     * @param enabled Whether rows are removed, a day at a time, once they are published and older than the period.
     * @param period Minimum time for which a row is kept, between 1 and 14 days.
     * @param checkInterval Time between two checks of the outbox, for rows to remove and for its meters.
     */
    record Retention(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("7d") Duration period,
            @DefaultValue("1m") Duration checkInterval) {

        // The ring has 16 days; two of them are today, and the day that is emptied before it is used again.
        private static final Duration LONGEST = Duration.ofDays(14);

        Retention {
            PropertyValue.of("outbox.retention.period", period).requireBetween(Duration.ofDays(1), LONGEST);
            PropertyValue.of("outbox.retention.check-interval", checkInterval)
                    .requireBetween(SHORTEST, LONGEST_TIMEOUT);
        }
    }

    /**
     * Admin endpoints.
     *
     * @param allowUnauthenticated Whether the admin endpoints exist without Spring Security, open to everyone.
     * @param securityFilterChain Whether the path of the admin endpoint has a security filter chain of its own. Without it, the
     *     application's chains authenticate there too.
     */
    record Admin(
            @DefaultValue("false") boolean allowUnauthenticated,
            @DefaultValue("true") boolean securityFilterChain) {}
}
