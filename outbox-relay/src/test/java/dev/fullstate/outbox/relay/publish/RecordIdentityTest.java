package dev.fullstate.outbox.relay.publish;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.Events;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that an event that was corrected in the table is not taken for the one that Kafka has refused. */
class RecordIdentityTest {

    private static final Map<String, String> REFUSED = Map.of(
            OutboxTable.PAYLOAD, "{\"text\":\"ab\"}",
            OutboxTable.EXTENSIONS, "{\"tenant\":\"ab\"}",
            OutboxTable.DATA_SCHEMA, "urn:ab",
            OutboxTable.TRACE_STATE, "ab=1",
            OutboxTable.AGGREGATE_ID, "ab");

    private final Router router = new Router("events", Map.of());

    @Test
    void eventThatComesAgainAsItWasIsTheSame() {
        assertThat(identity(Events.with(REFUSED))).isEqualTo(identity(Events.with(REFUSED)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OutboxTable.PAYLOAD,
                OutboxTable.EXTENSIONS,
                OutboxTable.DATA_SCHEMA,
                OutboxTable.TRACE_STATE,
                OutboxTable.AGGREGATE_ID
            })
    void oneCharacterOfWhateverMakesARecordLargeMakesAnotherOfIt(String column) {
        Map<String, String> corrected = new HashMap<>(REFUSED);
        corrected.computeIfPresent(column, (name, value) -> value.replace("ab", "ac"));
        assertThat(identity(Events.with(corrected))).isNotEqualTo(identity(Events.with(REFUSED)));
    }

    @Test
    void valueInAnotherColumnMakesAnotherOfIt() {
        assertThat(identity(Events.with(Map.of(OutboxTable.DATA_SCHEMA, "a"))))
                .isNotEqualTo(identity(Events.with(Map.of(OutboxTable.TRACE_STATE, "a"))));
    }

    private RecordIdentity identity(CommittedEvent event) {
        return RecordIdentity.of(router.route(event));
    }
}
