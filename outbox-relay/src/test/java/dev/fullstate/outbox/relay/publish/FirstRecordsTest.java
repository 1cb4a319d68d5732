package dev.fullstate.outbox.relay.publish;

import java.util.concurrent.TimeUnit;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows which records the publisher awaits: a broker accepts any record as the first of a producer that it does not know. */
class FirstRecordsTest {

    private static final TopicPartition ONE = new TopicPartition("orders", 0);
    private static final TopicPartition OTHER = new TopicPartition("orders", 1);

    private final FirstRecords records = new FirstRecords();

    @Test
    void firstRecordOfEachPartitionIsAwaited() {
        records.noteSending(ONE, 0);
        assertThat(records.isOneAwaited()).isTrue();
        records.noteAcknowledged(ONE);
        assertThat(records.isOneAwaited()).isFalse();

        records.noteSending(OTHER, 0);
        records.noteAcknowledged(ONE);
        assertThat(records.isOneAwaited()).isTrue();
        records.noteAcknowledged(OTHER);
        assertThat(records.isOneAwaited()).isFalse();
    }

    @Test
    void laterRecordsAreNotAwaited() {
        records.noteSending(ONE, 0);
        records.noteAcknowledged(ONE);

        records.noteSending(ONE, 1);

        assertThat(records.isOneAwaited()).isFalse();
    }

    @Test
    void partitionWithoutRecordsForALongTimeIsLikeANewOne() {
        records.noteSending(ONE, 0);
        records.noteAcknowledged(ONE);

        records.noteSending(ONE, TimeUnit.HOURS.toNanos(2));

        assertThat(records.isOneAwaited()).isTrue();
    }
}
