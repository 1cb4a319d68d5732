package dev.fullstate.outbox.relay.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.RelaySettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.WalSettings;

/** The settings of one pipeline, from the database to Kafka. */
public record PipelineSettings(WalSettings wal, Router router, PublisherSettings publisher, RelaySettings relay) {

    /**
     * Requires that each slot and each outbox has one pipeline.
     *
     * @throws PipelineConfigurationException if two would have the same slot, or would publish the same events
     */
    static void requireDistinct(Map<String, PipelineSettings> byName) {
        Map<String, String> slots = new LinkedHashMap<>();
        Map<String, String> outboxes = new LinkedHashMap<>();
        byName.forEach((name, settings) -> {
            String key = "outbox.relay.pipelines." + name + ".";
            String slot = settings.wal.slotName();
            refuse(
                    slots.putIfAbsent(slot, name),
                    name,
                    "have the same slot name '" + slot + "', which also names their positions in Kafka",
                    "Set another " + key + "slot-name");
            String publication = settings.wal.publication();
            refuse(
                    outboxes.putIfAbsent(settings.wal.database().get().location() + " " + publication, name),
                    name,
                    "have the same database and the same publication '" + publication
                            + "', so each event would be published twice",
                    "Set another " + key + "url, or another " + key + "publication");
        });
    }

    private static void refuse(@Nullable String other, String name, String reason, String remedy) {
        if (other != null) {
            throw new PipelineConfigurationException("Pipelines '" + other + "' and '" + name + "' " + reason, remedy);
        }
    }
}
