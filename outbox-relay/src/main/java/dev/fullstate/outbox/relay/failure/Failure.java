package dev.fullstate.outbox.relay.failure;

import java.util.List;

/** A line of the table of failures. */
sealed interface Failure permits PostgresFailure, KafkaFailure {

    String name();

    FailureKind kind();

    /** By what it is told from others, the first line that fits being the right one; empty for the last line. */
    List<String> signs();

    /** {@return the remedy} */
    String remedy();
}
