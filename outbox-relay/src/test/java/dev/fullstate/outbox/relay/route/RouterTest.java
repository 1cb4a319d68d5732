package dev.fullstate.outbox.relay.route;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.Events;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RouterTest {

    private final CommittedEvent order = Events.with(Map.of(OutboxTable.AGGREGATE_TYPE, "order"));
    private final CommittedEvent customer = Events.with(Map.of(OutboxTable.AGGREGATE_TYPE, "customer"));

    @Test
    void topicComesFromTheTemplateOrFromTheType() {
        Router router = new Router("outbox.event.{aggregatetype}", Map.of("customer", "crm"));
        assertThat(router.route(order).topic()).isEqualTo("outbox.event.order");
        assertThat(router.route(customer).topic()).isEqualTo("crm");
    }

    @Test
    void templateWithoutPlaceholderIsOneTopicForAllTypes() {
        Router router = new Router("events", Map.of());
        assertThat(router.route(order).topic()).isEqualTo("events");
        assertThat(router.route(customer).topic()).isEqualTo("events");
    }

    @Test
    void keyIsTheAggregateId() {
        assertThat(new Router("events", Map.of()).route(order).key()).asString().isEqualTo("order-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "with space", "{type}", "ümlaut"})
    void illegalTopicNamesAreRefusedAtTheStart(String topic) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Router(topic, Map.of()))
                .withMessageContaining("not a legal Kafka topic name");
        assertThatIllegalArgumentException().isThrownBy(() -> new Router("events", Map.of("order", topic)));
    }

    @Test
    void typeThatMakesTheTopicIllegalIsNamed() {
        Router router = new Router("x".repeat(249 - 4) + "{aggregatetype}", Map.of());
        assertThatExceptionOfType(UnpublishableRowException.class)
                .isThrownBy(() -> router.route(order))
                .withMessageContaining("aggregate type 'order'");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "a/b", "two words", "ümlaut"})
    void typeThatIsNotLegalHasNoTopicWhateverTheTemplateMakesOfIt(String type) {
        CommittedEvent event = Events.with(Map.of(OutboxTable.AGGREGATE_TYPE, type));
        for (String template : List.of("outbox.event.{aggregatetype}", "{aggregatetype}", "events")) {
            Router router = new Router(template, Map.of());
            assertThatExceptionOfType(UnpublishableRowException.class)
                    .isThrownBy(() -> router.route(event))
                    .withMessageContaining("aggregate type '" + type + "'");
            assertThat(router.findTopic(type)).isEmpty();
        }
    }

    @Test
    void reasonQuotesNoEndlessType() {
        CommittedEvent event = Events.with(Map.of(OutboxTable.AGGREGATE_TYPE, "x".repeat(1_000_000)));
        assertThatExceptionOfType(UnpublishableRowException.class)
                .isThrownBy(() -> new Router("events", Map.of()).route(event))
                .satisfies(e -> assertThat(e.reason()).hasSizeLessThan(1_100));
    }
}
