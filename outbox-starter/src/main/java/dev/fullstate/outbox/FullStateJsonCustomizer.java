package dev.fullstate.outbox;

import tools.jackson.databind.json.JsonMapper;

/**
 * Changes the mapper that writes the data of events. It is apart from the application's own mapper, so that a change of the
 * web interface's format never changes what consumers receive.
 */
@FunctionalInterface
public interface FullStateJsonCustomizer {

    /** Called once at start-up, with all defaults set. */
    void customize(JsonMapper.Builder builder);
}
