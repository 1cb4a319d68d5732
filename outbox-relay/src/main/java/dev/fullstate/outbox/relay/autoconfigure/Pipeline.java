package dev.fullstate.outbox.relay.autoconfigure;

import org.springframework.core.env.Environment;

import dev.fullstate.outbox.contract.OutboxNames;
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

    static Pipeline of(OutboxRelayProperties properties, Environment environment) {
        String publication = properties.publication() != null ? properties.publication() : written(environment);
        if (properties.slotName() != null) {
            return new Pipeline(publication, properties.slotName());
        }
        PropertyValue.of("outbox.relay.slot-name", publication)
                .require(
                        WalSettings.isSlotName(publication),
                        WalSettings.SLOT_NAME + "; the default is the publication's name, which does not fit");
        return new Pipeline(publication, publication);
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
