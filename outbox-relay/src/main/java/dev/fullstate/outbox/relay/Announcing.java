package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.Source;

/**
 * Writes into the position how the relay goes on, before it does so. Before it touches the slot, that a gap was found (ADR 28): a relay that dies
 * between the new slot and the begin of its fill leaves a slot and a database, grown since, that may look like those of the position. Before it
 * streams from an accepted position, that this is the pipeline's (ADR 37).
 */
final class Announcing implements Activity {

    private final Connected connected;
    private final Publisher publisher;
    private final ResumePoint point;
    private final Warning warning;
    private final Supplier<Activity> next;
    private final Recording recording;

    /**
     * @param warning says what the position means
     * @param next makes the activity that follows
     */
    Announcing(Connected connected, ResumePoint point, Warning warning, Supplier<Activity> next) {
        this.connected = connected;
        this.publisher = connected.publisher();
        this.point = point;
        this.warning = warning;
        this.next = next;
        this.recording = new Recording(publisher, () -> {});
    }

    @Override
    public RelayState state() {
        return RelayState.PUBLISHING_RETAINED;
    }

    @Override
    public Activity step() {
        publisher.requireNoFailure();
        return recording.commit(point) ? next.get() : this;
    }

    @Override
    public List<Warning> warnings() {
        return List.of(warning);
    }

    /** Says what a gap means. Once the slot is created again, its position may be accepted, unless the database has lost commits. */
    static Warning warning(Gap gap, Source source) {
        if (source == Source.TABLE) {
            return new Warning(
                    "Not everything after the position is known to be unpublished: " + gap.reason()
                            + ". The relay finds in the table the rows that Kafka lacks, and publishes them",
                    "None; the relay goes on by itself");
        }
        return new Warning(
                "The stream of the outbox has a gap: " + gap.reason()
                        + ". The relay creates its replication slot again, finds in"
                        + " the table the rows that Kafka lacks, and publishes them",
                "None; the relay goes on by itself"
                        + (gap.lost()
                                ? ""
                                : ". The command accept, with the position up to which status shows the slot as confirmed, has it"
                                        + " count all earlier rows as published instead"));
    }

    @Override
    public boolean isIdle() {
        return !publisher.isCommitting();
    }

    @Override
    public void drain(Duration timeout) {
        // The next relay finds the same.
    }

    @Override
    public void close() {
        connected.close();
    }
}
