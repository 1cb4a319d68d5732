package dev.fullstate.outbox.relay.failure;

import java.util.Arrays;
import java.util.List;

import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

import static dev.fullstate.outbox.relay.failure.FailureKind.PERMANENT;
import static dev.fullstate.outbox.relay.failure.FailureKind.REPLAY;
import static dev.fullstate.outbox.relay.failure.FailureKind.RETRY;
import static dev.fullstate.outbox.relay.failure.FailureKind.STEP_DOWN;

/** The failures that Kafka's clients report, told apart by the exception or the first of its causes that is in the table. */
public enum KafkaFailure implements Failure {
    FENCED(
            STEP_DOWN,
            "If it goes on: another relay with the same outbox.relay.slot-name reads this database, or a copy of it, and"
                    + " publishes to this Kafka. Stop one of the two, or give it a slot name of its own",
            ProducerFencedException.class),
    TRANSACTION_IS_OVER(
            REPLAY,
            "None. If it goes on: transactions last longer than outbox.relay.exactly-once.transaction-timeout, or another relay"
                    + " with the same outbox.relay.slot-name reads this database, or a copy of it, and publishes to this Kafka",
            InvalidProducerEpochException.class,
            InvalidPidMappingException.class,
            InvalidTxnStateException.class,
            TransactionAbortedException.class,
            TransactionAbortableException.class),
    SEQUENCE_IS_BROKEN(
            REPLAY,
            "None. If it goes on: the topic has lost records, see the brokers' logs",
            OutOfOrderSequenceException.class),
    NOT_AUTHENTICATED(
            PERMANENT,
            "Check the user and the password or certificate in spring.kafka.*; the relay reads them again each time it connects",
            AuthenticationException.class),
    TRANSACTIONAL_ID_NOT_ALLOWED(
            PERMANENT,
            "Grant Write and Describe on the transactional ids with the prefix outbox-relay- to the relay's Kafka user",
            TransactionalIdAuthorizationException.class),
    TOPIC_NOT_ALLOWED(
            PERMANENT,
            "Grant Read, Write and Describe on the topic that the message names to the relay's Kafka user; Create, where the"
                    + " relay is to create it",
            TopicAuthorizationException.class),
    CLUSTER_NOT_ALLOWED(
            PERMANENT,
            "Grant the operation that the message names on the cluster to the relay's Kafka user, or create the topics"
                    + " beforehand",
            ClusterAuthorizationException.class),
    NOT_ALLOWED(
            PERMANENT,
            "Grant the operation that the message names to the relay's Kafka user",
            AuthorizationException.class),
    TOO_LARGE(
            PERMANENT,
            "Raise spring.kafka.producer.properties.max.request.size and the topic's max.message.bytes",
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class),
    CLOCKS_DIFFER(
            PERMANENT,
            "Set the clocks of the relay's host and of the brokers, or raise the topic's message.timestamp.after.max.ms or"
                    + " message.timestamp.before.max.ms",
            InvalidTimestampException.class),
    NOT_VALID(
            PERMANENT,
            "See the message: the topic does not take such a record; correct the row, or the topic's configuration",
            InvalidRecordException.class),
    TRANSACTION_TIMEOUT_NOT_ALLOWED(
            PERMANENT,
            "Lower outbox.relay.exactly-once.transaction-timeout, or raise the brokers' transaction.max.timeout.ms",
            InvalidTxnTimeoutException.class),
    UNUSABLE_TOPIC(
            PERMANENT,
            "Correct outbox.relay.topic, outbox.relay.topics, outbox.relay.topic-partitions or"
                    + " outbox.relay.topic-replication-factor, or create the topic by hand",
            InvalidTopicException.class,
            InvalidPartitionsException.class,
            InvalidReplicationFactorException.class,
            PolicyViolationException.class),
    NOT_SUPPORTED(
            PERMANENT,
            "Upgrade the brokers, or change the setting in spring.kafka.* that they do not know",
            UnsupportedVersionException.class,
            UnsupportedForMessageFormatException.class,
            UnsupportedCompressionTypeException.class),
    WRONG_CONFIGURATION(
            PERMANENT,
            "Correct the setting in spring.kafka.* that the message names; a bootstrap server's host may be unknown",
            ConfigException.class,
            InvalidConfigurationException.class),
    TOO_FEW_REPLICAS(
            RETRY,
            "Bring the topic's replicas back, or lower its min.insync.replicas; the relay tries again",
            NotEnoughReplicasException.class,
            NotEnoughReplicasAfterAppendException.class),
    NO_TOPIC(
            RETRY,
            "None where the relay creates topics; otherwise create the topic that the message names",
            UnknownTopicOrPartitionException.class),
    UNANSWERED(
            RETRY,
            "Check that Kafka runs and that spring.kafka.bootstrap-servers is right; the relay tries again",
            TimeoutException.class,
            java.util.concurrent.TimeoutException.class),
    BROKER_IS_BUSY(
            RETRY, "None while brokers restart or elect leaders; the relay tries again", RetriableException.class),
    OTHER(REPLAY, "See the message; the relay goes on after the last published event");

    private final FailureKind kind;
    private final String remedy;

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
    private final List<Class<?>> types;

    KafkaFailure(FailureKind kind, String remedy, Class<?>... types) {
        this.kind = kind;
        this.remedy = remedy;
        this.types = List.of(types);
    }

    /** Clients wrap what they report, sometimes more than once. */
    public static KafkaFailure of(Throwable reported) {
        for (Throwable cause = reported; cause != null; cause = cause.getCause()) {
            KafkaFailure found = ofItself(cause);
            if (found != OTHER) {
                return found;
            }
        }
        return OTHER;
    }

    /** {@return the reported exception, or, where that says little, the cause that counts} */
    public static String describe(Throwable reported) {
        for (Throwable cause = reported; cause != null; cause = cause.getCause()) {
            if (ofItself(cause) != OTHER) {
                return cause.equals(reported) ? reported.toString() : reported.getMessage() + ": " + cause;
            }
        }
        return reported.toString();
    }

    private static KafkaFailure ofItself(Throwable thrown) {
        if (isTransactionTimeout(thrown)) {
            return TRANSACTION_TIMEOUT_NOT_ALLOWED;
        }
        if (isOfTheTime(thrown)) {
            return CLOCKS_DIFFER;
        }
        return Arrays.stream(values())
                .filter(failure -> failure.types.stream().anyMatch(type -> type.isInstance(thrown)))
                .findFirst()
                .orElse(OTHER);
    }

    /**
     * A record has the time at which the relay sends it. Compares the text, since the producer reports several records of a batch as not valid,
     * whatever the broker has against them.
     */
    private static boolean isOfTheTime(Throwable cause) {
        String message = cause.getMessage();
        return cause instanceof InvalidRecordException
                && message != null
                && message.contains("The timestamp should be within");
    }

    /** Compares the text, since the producer passes on nothing else of this error. */
    private static boolean isTransactionTimeout(Throwable cause) {
        String message = cause.getMessage();
        return message != null && message.contains("transaction.max.timeout.ms");
    }

    /** Returns whether it is the fault of one record, so that Kafka may take others. */
    public boolean isOfARecord() {
        return this == TOO_LARGE || this == NOT_VALID;
    }

    /** Returns whether it is the fault of one topic, so that other topics may take events. */
    public boolean isOfATopic() {
        return this == TOPIC_NOT_ALLOWED || this == UNUSABLE_TOPIC || this == NO_TOPIC;
    }

    @Override
    public FailureKind kind() {
        return kind;
    }

    @Override
    public List<String> signs() {
        return types.stream().map(Class::getSimpleName).distinct().toList();
    }

    @Override
    public String remedy() {
        return remedy;
    }
}
