package dev.fullstate.outbox.relay.failure;

import java.util.List;

/** A line of the table of failures. */
sealed interface Failure permits PostgresFailure, KafkaFailure {

    String name();

    FailureKind kind();

    /** Returns the signs of this failure; the first line of the table with a sign of the error is the right one. Empty for the last line. */
    List<String> signs();

    /** {@return the remedy} */
    String remedy();
}
