package dev.fullstate.outbox;

import tools.jackson.databind.json.JsonMapper;

/**
 * Changes the mapper that writes the data of events. That mapper is separate from the application's own, so that a change to the
 * format of its web interface never changes the events.
 */
@FunctionalInterface
public interface FullStateJsonCustomizer {

    /** Changes the mapper's builder, which has all defaults set. Called at start-up. */
    void customize(JsonMapper.Builder builder);
}
