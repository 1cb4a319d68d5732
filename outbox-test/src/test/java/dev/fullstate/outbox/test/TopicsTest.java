package dev.fullstate.outbox.test;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TopicsTest {

    @Test
    void topicsOfTheRelayAreThoseOfItsTemplateAndTheOnesWithANameOfTheirOwn() {
        Topics topics = Topics.ofTheRelay("outbox.event.{aggregatetype}", List.of("shop.orders"));

        assertThat(List.of("outbox.event.order", "outbox.event.a.b", "shop.orders"))
                .allMatch(topic -> topics.names().matcher(topic).matches());
        assertThat(List.of("outbox.event.", "outbox.relay.positions", "shop-orders", "x.outbox.event.order"))
                .noneMatch(topic -> topics.names().matcher(topic).matches());
    }

    @Test
    void oneTopicIsThatTopicAndNoOther() {
        Topics topics = Topics.named("a.b");

        assertThat(topics.names().matcher("a.b").matches()).isTrue();
        assertThat(topics.names().matcher("aXb").matches()).isFalse();
    }
}
