package dev.fullstate.outbox.relay.publish;

import java.util.concurrent.TimeUnit;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A broker takes whatever comes first of a producer that it does not know. */
class FirstRecordsTest {

    private static final TopicPartition ONE = new TopicPartition("orders", 0);
    private static final TopicPartition OTHER = new TopicPartition("orders", 1);

    private final FirstRecords records = new FirstRecords();

    @Test
    void firstRecordOfEachPartitionIsAwaited() {
        records.sending(ONE, 0);
        assertThat(records.isOneAwaited()).isTrue();
        records.taken(ONE);
        assertThat(records.isOneAwaited()).isFalse();

        records.sending(OTHER, 0);
        records.taken(ONE);
        assertThat(records.isOneAwaited()).isTrue();
        records.taken(OTHER);
        assertThat(records.isOneAwaited()).isFalse();
    }

    @Test
    void laterRecordsAreNotAwaited() {
        records.sending(ONE, 0);
        records.taken(ONE);

        records.sending(ONE, 1);

        assertThat(records.isOneAwaited()).isFalse();
    }

    @Test
    void partitionThatHasGotNothingForLongIsLikeANewOne() {
        records.sending(ONE, 0);
        records.taken(ONE);

        records.sending(ONE, TimeUnit.HOURS.toNanos(2));

        assertThat(records.isOneAwaited()).isTrue();
    }
}
