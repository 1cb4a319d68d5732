package dev.fullstate.outbox.retention;

import dev.fullstate.outbox.retention.OutboxState.Obstacle;

/** The outcome of an attempt to retire a leaf. */
sealed interface Attempt {

    /** The leaf is empty now, and was not before. */
    record Retired() implements Attempt {}

    /** The leaf was empty already: another instance was faster. */
    record Empty() implements Attempt {}

    /** The leaf stays as it is. */
    record Kept(Obstacle obstacle) implements Attempt {}
}
