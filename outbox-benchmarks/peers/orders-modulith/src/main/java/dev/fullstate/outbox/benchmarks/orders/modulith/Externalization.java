package dev.fullstate.outbox.benchmarks.orders.modulith;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.RoutingTarget;
import org.springframework.modulith.events.support.EventExternalizerModuleListener;

import dev.fullstate.outbox.benchmarks.orders.order.OrderState;

/** Configures which events leave the application, where to, and how. */
@Configuration(proxyBeanMethods = false)
class Externalization {

    /** Configures the same as {@code @Externalized} with a key, without the evaluation of an expression per event. */
    @Bean
    EventExternalizationConfiguration orderEvents(@Value("${benchmark.topic}") String topic) {
        return EventExternalizationConfiguration.externalizing()
                .select(OrderState.class::isInstance)
                .route(OrderState.class, state -> RoutingTarget.forTarget(topic).andKey(Long.toString(state.id())))
                .build();
    }

    /**
     * Registers the listener of the library's module for Kafka: it sends on the application's task executor after the commit, and completes
     * the publication when the broker has answered.
     */
    @Bean
    EventExternalizerModuleListener toKafka(
            EventExternalizationConfiguration orderEvents, KafkaTemplate<String, Object> kafka) {
        return new EventExternalizerModuleListener(
                orderEvents,
                (event, target) -> kafka.send(new ProducerRecord<>(target.getTarget(), target.getKey(), event)));
    }
}
