package dev.fullstate.outbox.relay.failure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class FailureTableTest {

    @ParameterizedTest
    @CsvSource({
        "08001, UNREACHABLE, RETRY",
        "08006, UNREACHABLE, RETRY",
        "08004, REJECTED_BY_DRIVER, PERMANENT",
        "08P01, PROTOCOL_VIOLATION, REPLAY",
        "28000, NOT_ADMITTED, PERMANENT",
        "28P01, WRONG_PASSWORD, PERMANENT",
        "3D000, NO_DATABASE, PERMANENT",
        "42501, NO_PRIVILEGE, PERMANENT",
        "42703, OTHER_SCHEMA, PERMANENT",
        "42704, OBJECT_IS_GONE, RETRY",
        "42710, SLOT_IN_USE, STEP_DOWN",
        "55006, SLOT_IN_USE, STEP_DOWN",
        "55000, SLOT_LOST_OR_SERVER_UNFIT, PERMANENT",
        "58P01, WAL_REMOVED, PERMANENT",
        "58030, SERVER_ERROR, RETRY",
        "0A000, NOT_SUPPORTED, PERMANENT",
        "25006, READ_ONLY, RETRY",
        "25P03, CONFLICT, RETRY",
        "40001, CONFLICT, RETRY",
        "53300, CONNECTIONS_EXHAUSTED, RETRY",
        "53400, SLOTS_EXHAUSTED, PERMANENT",
        "53100, OUT_OF_RESOURCES, RETRY",
        "57P01, SHUTTING_DOWN, RETRY",
        "57P03, SHUTTING_DOWN, RETRY",
        "57P04, NO_DATABASE, PERMANENT",
        "57014, CANCELED, RETRY",
        "XX000, SERVER_ERROR, RETRY",
        "99999, OTHER, RETRY",
        ", OTHER, RETRY"
    })
    void sqlStatesAreToldApart(String sqlState, PostgresFailure failure, FailureKind kind) {
        assertThat(PostgresFailure.of(sqlState)).isEqualTo(failure);
        assertThat(failure.kind()).isEqualTo(kind);
    }

    static Stream<Arguments> kafkaFailures() {
        return Stream.of(
                arguments(new ProducerFencedException("m"), KafkaFailure.FENCED, FailureKind.STEP_DOWN),
                replay(new InvalidProducerEpochException("m"), KafkaFailure.TRANSACTION_IS_OVER),
                replay(new InvalidPidMappingException("m"), KafkaFailure.TRANSACTION_IS_OVER),
                replay(new InvalidTxnStateException("m"), KafkaFailure.TRANSACTION_IS_OVER),
                replay(new TransactionAbortedException("m"), KafkaFailure.TRANSACTION_IS_OVER),
                replay(new TransactionAbortableException("m"), KafkaFailure.TRANSACTION_IS_OVER),
                replay(new OutOfOrderSequenceException("m"), KafkaFailure.SEQUENCE_IS_BROKEN),
                replay(new UnknownProducerIdException("m"), KafkaFailure.SEQUENCE_IS_BROKEN),
                permanent(new SaslAuthenticationException("m"), KafkaFailure.NOT_AUTHENTICATED),
                permanent(new SslAuthenticationException("m"), KafkaFailure.NOT_AUTHENTICATED),
                permanent(new TransactionalIdAuthorizationException("m"), KafkaFailure.TRANSACTIONAL_ID_NOT_ALLOWED),
                permanent(new TopicAuthorizationException("m"), KafkaFailure.TOPIC_NOT_ALLOWED),
                permanent(new ClusterAuthorizationException("m"), KafkaFailure.CLUSTER_NOT_ALLOWED),
                permanent(new GroupAuthorizationException("m"), KafkaFailure.NOT_ALLOWED),
                permanent(new RecordTooLargeException("m"), KafkaFailure.TOO_LARGE),
                permanent(new InvalidTxnTimeoutException("m"), KafkaFailure.TRANSACTION_TIMEOUT_NOT_ALLOWED),
                permanent(new InvalidTopicException("m"), KafkaFailure.UNUSABLE_TOPIC),
                permanent(new InvalidReplicationFactorException("m"), KafkaFailure.UNUSABLE_TOPIC),
                permanent(new UnsupportedVersionException("m"), KafkaFailure.NOT_SUPPORTED),
                permanent(new ConfigException("m"), KafkaFailure.WRONG_CONFIGURATION),
                permanent(new InvalidConfigurationException("m"), KafkaFailure.WRONG_CONFIGURATION),
                retry(new NotEnoughReplicasException("m"), KafkaFailure.TOO_FEW_REPLICAS),
                retry(new NotEnoughReplicasAfterAppendException("m"), KafkaFailure.TOO_FEW_REPLICAS),
                retry(new UnknownTopicOrPartitionException("m"), KafkaFailure.NO_TOPIC),
                retry(new TimeoutException("m"), KafkaFailure.UNANSWERED),
                retry(new java.util.concurrent.TimeoutException("m"), KafkaFailure.UNANSWERED),
                retry(new NotLeaderOrFollowerException("m"), KafkaFailure.BROKER_IS_BUSY),
                replay(new UnknownServerException("m"), KafkaFailure.OTHER),
                replay(new ApiException("m"), KafkaFailure.OTHER));
    }

    private static Arguments retry(Throwable thrown, KafkaFailure failure) {
        return arguments(thrown, failure, FailureKind.RETRY);
    }

    private static Arguments replay(Throwable thrown, KafkaFailure failure) {
        return arguments(thrown, failure, FailureKind.REPLAY);
    }

    private static Arguments permanent(Throwable thrown, KafkaFailure failure) {
        return arguments(thrown, failure, FailureKind.PERMANENT);
    }

    @ParameterizedTest
    @MethodSource("kafkaFailures")
    void kafkasExceptionsAreToldApartHoweverTheyAreWrapped(Throwable thrown, KafkaFailure failure, FailureKind kind) {
        assertThat(KafkaFailure.of(thrown)).isEqualTo(failure);
        assertThat(KafkaFailure.of(
                        new ExecutionException(new KafkaException("Cannot execute transactional method", thrown))))
                .isEqualTo(failure);
        assertThat(failure.kind()).isEqualTo(kind);
    }

    @Test
    void refusedTransactionTimeoutIsKnownByItsText() {
        // As the producer reports it: InitProducerId's handler keeps the error's message only.
        KafkaException reported = new KafkaException(
                "Unexpected error in InitProducerIdResponse; " + Errors.INVALID_TRANSACTION_TIMEOUT.message());
        assertThat(KafkaFailure.of(reported)).isEqualTo(KafkaFailure.TRANSACTION_TIMEOUT_NOT_ALLOWED);
    }

    @Test
    void noLineOfTheTableHidesALaterOne() {
        for (PostgresFailure failure : PostgresFailure.values()) {
            assertThat(failure.signs())
                    .allSatisfy(state -> assertThat(PostgresFailure.of(state)).isEqualTo(failure));
        }
    }

    @Test
    void operationsManualHasTheTable() throws IOException {
        List<String> rows = new ArrayList<>();
        for (PostgresFailure failure : PostgresFailure.values()) {
            rows.add(row(
                    failure,
                    failure.signs().stream()
                            .map(state -> "`" + state + "`" + (state.length() < 5 ? "..." : ""))
                            .toList()));
        }
        for (KafkaFailure failure : KafkaFailure.values()) {
            rows.add(row(
                    failure,
                    failure.signs().stream().map(type -> "`" + type + "`").toList()));
        }
        assertThat(documented()).isEqualTo(rows);
    }

    private static List<String> documented() throws IOException {
        return Files.readAllLines(Path.of("../docs/operations.md")).stream()
                .dropWhile(line -> !line.equals("## Failures"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| ") && !line.startsWith("| failure |") && !line.startsWith("| ---"))
                .toList();
    }

    private static String row(Failure failure, List<String> signs) {
        return "| " + failure.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " | "
                + (signs.isEmpty() ? "anything else" : String.join(", ", signs)) + " | " + failure.kind() + " | "
                + failure.remedy() + " |";
    }
}
