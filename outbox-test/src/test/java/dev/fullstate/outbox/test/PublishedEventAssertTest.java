package dev.fullstate.outbox.test;

import java.net.URI;
import java.util.Map;
import java.util.UUID;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PublishedEventAssertTest {

    @Test
    void eventIsWhatItIs() {
        UUID id = UUID.randomUUID();

        assertThat(event(id.toString(), "create", "{}")).isCreate().hasKey(id).hasHeader("ce_operation", "create");
        assertThat(event("o1", "update", "{}")).isUpdate();
        assertThat(event("o1", "delete", null)).isDelete();
    }

    @Test
    void eventIsNotWhatItIsNot() {
        assertThatThrownBy(() -> assertThat(event("o1", "create", "{}")).isUpdate())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ce_operation=update but found create");
        assertThatThrownBy(() -> assertThat(event("o1", "delete", "{}")).isDelete())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no data");
        assertThatThrownBy(() -> assertThat(event("o1", "create", "{}")).hasKey("o2"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("key o2 but found o1");
        assertThatThrownBy(() -> assertThat(event("o1", "create", "{}")).hasHeader("ce_type", "Order"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ce_type=Order but found null");
    }

    private static PublishedEvent event(String key, String operation, @Nullable String data) {
        CloudEvent event = CloudEventBuilder.v1()
                .withId("1")
                .withType("Order")
                .withSource(URI.create("urn:service:orders"))
                .build();
        return new PublishedEvent(key, "orders", 0, 0, event, data, Map.of("ce_operation", operation));
    }
}
