package dev.fullstate.outbox.relay.publish;

import dev.fullstate.outbox.relay.failure.KafkaFailure;
import dev.fullstate.outbox.relay.kafka.BrokerException;

/** Kafka does not take one record, because of what it is: without it, the relay could go on. */
public final class RefusedRecordException extends BrokerException {

    private final RecordIdentity refused;
    private final String reason;

    private RefusedRecordException(
            KafkaFailure failure, String message, Throwable cause, RecordIdentity refused, String reason) {
        super(failure, message, cause);
        this.refused = refused;
        this.reason = reason;
    }

    static RefusedRecordException of(RecordIdentity refused, String failedTo, Throwable cause) {
        KafkaFailure failure = KafkaFailure.of(cause);
        String described = KafkaFailure.describe(cause);
        return new RefusedRecordException(failure, failedTo + ": " + described, cause, refused, described);
    }

    /** Returns the record that was refused. */
    public RecordIdentity refused() {
        return refused;
    }

    /** Returns why, in Kafka's words. */
    public String reason() {
        return reason;
    }
}
