package dev.fullstate.outbox.relay.publish;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.relay.kafka.KafkaTopic;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Shows that the records beside the position are read as they are written, or not at all. */
class PipelineRecordsTest {

    private static final Map<String, KafkaTopic> TOPICS = Map.of(
            "a", new KafkaTopic("a", "kXOcEsWNTFaV_Tz42G5SyQ", 6, null),
            "b", new KafkaTopic("b", "Tz42G5SyQkXOcEsWNTFaV_", 12, null));

    private static final Parked PARKED = new Parked(
            7, 1_200, List.of(ParkedAggregate.at("order", "a", 12, null, 5, "The event is too large", Instant.EPOCH)));

    @Test
    void topicsAreReadAsTheyAreWritten() {
        assertThat(TopicsRecord.parse(TopicsRecord.format(TOPICS))).isEqualTo(TOPICS);
        assertThat(TopicsRecord.parse(TopicsRecord.format(Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"written by nobody", " ", "a", "a:6", "a:0:id", "a:x:id", "a:6:id:more", "a:6:id  b:6:id"})
    void otherTextIsNoRecordOfTopics(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TopicsRecord.parse(text));
    }

    @Test
    void parkedAggregatesAreReadAsTheyAreWritten() {
        assertThat(ParkedRecord.parse(ParkedRecord.format(PARKED))).isEqualTo(PARKED);
        assertThat(ParkedRecord.parse(ParkedRecord.format(Parked.NOTHING))).isEqualTo(Parked.NOTHING);
    }

    @Test
    void parkedAggregatesWhoseEndIsCutOffAreRefused() {
        String text = ParkedRecord.format(PARKED);
        for (int end = 0; end < text.length(); end++) {
            String cut = text.substring(0, end);
            assertThatException().as(cut).isThrownBy(() -> ParkedRecord.parse(cut));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "written by nobody",
                "null",
                "[]",
                "{}",
                "{'command':7,'highest':1200}",
                "{'highest':1200,'aggregates':[]}",
                "{'command':null,'highest':1200,'aggregates':[]}",
                "{'command':7,'highest':1200,'aggregates':[{}]}",
                "{'command':7,'highest':1200,'aggregates':[],'later':1}",
                "{'command':7,'highest':1200,'aggregates':[]} {}"
            })
    void otherTextIsNoRecordOfParkedAggregates(String text) {
        assertThatException().isThrownBy(() -> ParkedRecord.parse(text.replace('\'', '"')));
    }
}
