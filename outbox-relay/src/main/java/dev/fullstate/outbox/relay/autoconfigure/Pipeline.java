package dev.fullstate.outbox.relay.autoconfigure;

import java.time.Duration;

import org.springframework.core.env.Environment;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.PoisonPolicy;
import dev.fullstate.outbox.relay.RelaySettings;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.relay.wal.WalSettings;

/**
 * The outbox that is relayed, and its name.
 *
 * <p>A relay inside of the service that writes the outbox finds the outbox's names in the service's own properties.
 *
 * @param publication of the outbox table
 * @param name of the replication slot, and of all that is the relay's own
 */
record Pipeline(String publication, String name) {

    /** Returns the only pipeline, which has the name of its publication unless it is given one. */
    static Pipeline of(OutboxRelayProperties properties, Environment environment) {
        String publication = publication(properties, environment);
        if (properties.slotName() != null) {
            return new Pipeline(publication, properties.slotName());
        }
        PropertyValue.of("outbox.relay.slot-name", publication)
                .require(
                        WalSettings.isSlotName(publication),
                        WalSettings.SLOT_NAME + "; the default is the publication's name, which does not fit");
        return new Pipeline(publication, publication);
    }

    /** Returns one of several pipelines, whose publications may have the same name in different databases. */
    static Pipeline of(NamedPipeline named, Environment environment) {
        String slotName = named.relay().slotName();
        return new Pipeline(
                publication(named.relay(), environment), slotName != null ? slotName : named.defaultSlotName());
    }

    WalSettings wal(OutboxRelayProperties properties, RelayDatabase database) {
        // What is missing, or wrong, fails the start.
        database.read();
        return new WalSettings(
                database::read,
                publication,
                name,
                properties.connectTimeout(),
                properties.queryTimeout(),
                properties.slotCreationTimeout(),
                properties.walSenderTimeout(),
                properties.failoverSlot(),
                properties.sendAfter(),
                properties.source());
    }

    RelaySettings relay(OutboxRelayProperties properties) {
        return new RelaySettings(
                name,
                properties.maxInFlight(),
                properties.pollInterval() != null
                        ? properties.pollInterval()
                        : defaultPollInterval(properties.source()),
                properties.retry().minDelay(),
                properties.retry().maxDelay(),
                properties.standbyInterval(),
                properties.leaderTimeout(),
                properties.shutdownTimeout(),
                new PoisonPolicy(
                        properties.poison(),
                        properties.poisonByType(),
                        properties.parking().maxAggregates(),
                        properties.parking().maxSize()),
                properties.gap());
    }

    private static Duration defaultPollInterval(Source source) {
        return switch (source) {
            case WAL -> Duration.ofMillis(2);
            // Each look is a query.
            case TABLE -> Duration.ofMillis(50);
        };
    }

    private static String publication(OutboxRelayProperties properties, Environment environment) {
        return properties.publication() != null ? properties.publication() : written(environment);
    }

    private static String written(Environment environment) {
        String publication = environment.getProperty("outbox.schema.publication");
        return publication != null
                ? publication
                : OutboxNames.publication(
                        environment.getProperty("outbox.schema.name"),
                        environment.getProperty("outbox.schema.table", OutboxNames.DEFAULT_TABLE));
    }
}
