package dev.fullstate.outbox.relay.kafka;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.fullstate.outbox.relay.kafka.KafkaInspection.Shortage;

import static org.assertj.core.api.Assertions.assertThat;

class TopicLookupTest {

    private static TopicPartitionInfo partition(int number, int replicaCount, int inSyncCount) {
        Node node = new Node(1, "localhost", 9092);
        return new TopicPartitionInfo(
                number, node, Collections.nCopies(replicaCount, node), Collections.nCopies(inSyncCount, node));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 2, false",
        "2, 2, 3, false",
        "3, 2, 2, false",
        "3, 1, 1, false",
        "3, 1, 2, true",
        "2, 1, 3, true",
        "1, 0, 1, true"
    })
    void partitionNeedsTheRequiredReplicasOrAllIfItHasFewer(
            int replicaCount, int inSyncCount, int required, boolean isShort) {
        List<TopicPartitionInfo> partitions =
                List.of(partition(0, replicaCount, replicaCount), partition(1, replicaCount, inSyncCount));
        assertThat(TopicLookup.shortage(partitions, required))
                .isEqualTo(isShort ? new Shortage(1, inSyncCount, replicaCount, required) : null);
    }

    @Test
    void questionThatKafkaDoesNotAnswerTimesOut() {
        CompletableFuture<Void> asked =
                TopicLookup.answer(new KafkaFutureImpl<Void>()).orTimeout(1, TimeUnit.MILLISECONDS);
        assertThat(asked)
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableThat()
                .withCauseInstanceOf(TimeoutException.class);
    }
}
