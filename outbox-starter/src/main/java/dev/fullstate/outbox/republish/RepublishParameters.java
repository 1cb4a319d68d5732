package dev.fullstate.outbox.republish;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parameters that only a republish has, as the column {@code parameters} of a job has it.
 *
 * @param changedSince only aggregates that changed since then; null for all
 * @param tombstones whether named aggregates that do not exist get a delete event
 */
record RepublishParameters(@Nullable Instant changedSince, boolean tombstones) {

    private static final String CHANGED_SINCE = "changedSince";
    private static final String TOMBSTONES = "tombstones";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static RepublishParameters of(String json) {
        JsonNode parameters = JSON.readTree(json);
        JsonNode since = parameters.get(CHANGED_SINCE);
        return new RepublishParameters(
                since == null ? null : Instant.parse(since.stringValue()),
                parameters.path(TOMBSTONES).asBoolean(false));
    }

    String json() {
        ObjectNode parameters = JSON.createObjectNode().put(TOMBSTONES, tombstones);
        if (changedSince != null) {
            parameters.put(CHANGED_SINCE, changedSince.toString());
        }
        return JSON.writeValueAsString(parameters);
    }
}
