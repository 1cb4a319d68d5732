package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;

/**
 * Writes into the position that a gap was found, before the relay touches the slot (ADR 28): a relay that dies between the new slot and the
 * begin of its fill leaves a slot and a database, grown since, that may look like those of the position.
 */
final class Announcing implements Activity {

    private final Connected connected;
    private final Publisher publisher;
    private final ResumePoint point;
    private final Gap gap;
    private final Supplier<Activity> fill;
    private final Recording recording;

    /**
     * @param point the position with the gap
     * @param fill makes the activity that follows
     */
    Announcing(Connected connected, ResumePoint point, Gap gap, Supplier<Activity> fill) {
        this.connected = connected;
        this.publisher = connected.publisher();
        this.point = point;
        this.gap = gap;
        this.fill = fill;
        this.recording = new Recording(publisher, () -> {});
    }

    @Override
    public RelayState state() {
        return RelayState.PUBLISHING_RETAINED;
    }

    @Override
    public Activity step() {
        publisher.requireNoFailure();
        return recording.commit(point) ? fill.get() : this;
    }

    @Override
    public List<Warning> warnings() {
        return List.of(warning(gap));
    }

    static Warning warning(Gap gap) {
        return new Warning(
                "The stream of the outbox has a gap: " + gap.reason()
                        + ". The relay creates its replication slot again, finds in"
                        + " the table the rows that Kafka lacks, and publishes them",
                "None; the relay goes on by itself");
    }

    @Override
    public boolean isIdle() {
        return !publisher.isCommitting();
    }

    @Override
    public void drain(Duration timeout) {
        // The gap will be found again.
    }

    @Override
    public void close() {
        connected.close();
    }
}
