package dev.fullstate.outbox.retention;

import dev.fullstate.outbox.retention.OutboxState.Obstacle;

/** What came of the attempt to retire a leaf. */
sealed interface Attempt {

    /** It is empty now, and was not before. */
    record Retired() implements Attempt {}

    /** It was empty already: another instance was faster. */
    record Empty() implements Attempt {}

    /** It stays as it is. */
    record Kept(Obstacle obstacle) implements Attempt {}
}
