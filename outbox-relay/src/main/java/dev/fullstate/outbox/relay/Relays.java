package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

import dev.fullstate.outbox.relay.pipelines.Pipelines;

/**
 * Publishes several outboxes in one process, with a relay for each. The relays share nothing that changes: each has its thread, its
 * connections and its delays, and a failure of one of them concerns no other (ADR 33).
 *
 * <p>So no pipeline fails the start of the application, and the application's liveness is broken only when the threads of all relays have died:
 * a new process would interrupt those that publish.
 */
public final class Relays
        implements SmartLifecycle, ApplicationEventPublisherAware, ApplicationListener<ApplicationReadyEvent> {

    private final Pipelines<Relay> pipelines;
    private final Collection<Relay> relays;

    public Relays(Pipelines<Relay> pipelines) {
        this.pipelines = pipelines;
        this.relays = pipelines.byName().values();
    }

    /** Returns the relays of the pipelines. Each can be stopped and started on its own. */
    public Pipelines<Relay> pipelines() {
        return pipelines;
    }

    /** Starts all relays, and waits for none of their databases. */
    @Override
    public void start() {
        relays.forEach(Relay::startInBackground);
    }

    /** Stops all relays at the same time. */
    @Override
    public void stop() {
        long requested = System.nanoTime();
        relays.forEach(Relay::requestStop);
        relays.forEach(relay -> relay.awaitEnd(Duration.ofNanos(System.nanoTime() - requested)));
    }

    @Override
    public boolean isRunning() {
        return relays.stream().anyMatch(Relay::isRunning);
    }

    @Override
    public int getPhase() {
        return Relay.PHASE;
    }

    @Override
    public void setApplicationEventPublisher(ApplicationEventPublisher publisher) {
        relays.forEach(relay -> relay.setApplicationEventPublisher(event -> passOn(event, publisher)));
    }

    /** A relay that has died says so before it asks for the application's end, so the last one finds that all have. */
    private void passOn(Object event, ApplicationEventPublisher publisher) {
        boolean isDeath =
                event instanceof AvailabilityChangeEvent<?> change && change.getState() == LivenessState.BROKEN;
        if (!isDeath || haveAllDied()) {
            publisher.publishEvent(event);
        }
    }

    private boolean haveAllDied() {
        Set<RelayState> ended = EnumSet.of(RelayState.FAILED, RelayState.STOPPED);
        return relays.stream().allMatch(relay -> ended.contains(relay.status().state()));
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        relays.forEach(relay -> relay.onApplicationEvent(ready));
    }
}
