package dev.fullstate.outbox.relay.publish;

import java.util.Map;

import org.slf4j.MDC;

/** What every log line of the relay's thread carries, handed on to the threads that work for it alone. */
record LogContext(Map<String, String> entries) {

    static LogContext current() {
        Map<String, String> entries = MDC.getCopyOfContextMap();
        return new LogContext(entries == null ? Map.of() : entries);
    }

    void apply() {
        entries.forEach(MDC::put);
    }
}
