package dev.fullstate.outbox.retention;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.context.SmartLifecycle;

/** The outboxes that an application writes to: one in each database with captured entities, each with a retention of its own. */
public final class Outboxes implements SmartLifecycle {

    private final Map<String, Retention> retentions;

    /** @param retentions by the names of their databases; none if nothing is captured */
    public Outboxes(Map<String, Retention> retentions) {
        this.retentions = Collections.unmodifiableMap(new LinkedHashMap<>(retentions));
    }

    /** Returns the retentions, by the names of their databases. */
    public Map<String, Retention> retentions() {
        return retentions;
    }

    @Override
    public void start() {
        retentions.values().forEach(Retention::start);
    }

    @Override
    public void stop() {
        retentions.values().forEach(Retention::stop);
    }

    @Override
    public boolean isRunning() {
        return retentions.values().stream().anyMatch(Retention::isRunning);
    }
}
