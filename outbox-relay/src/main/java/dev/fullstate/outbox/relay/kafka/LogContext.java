package dev.fullstate.outbox.relay.kafka;

import java.util.Map;

import org.slf4j.MDC;

/** The log context of the relay's thread, passed on to the threads that work only for it. */
public record LogContext(Map<String, String> entries) {

    /** Returns the context of the calling thread. */
    public static LogContext current() {
        Map<String, String> entries = MDC.getCopyOfContextMap();
        return new LogContext(entries == null ? Map.of() : entries);
    }

    /** Lets the calling thread have it. */
    public void apply() {
        entries.forEach(MDC::put);
    }
}
