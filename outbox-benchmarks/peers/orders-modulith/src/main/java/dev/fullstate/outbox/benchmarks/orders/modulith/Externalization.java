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

/** Which events leave the application, where to, and how. */
@Configuration(proxyBeanMethods = false)
class Externalization {

    /** What {@code @Externalized} with a key says, without the evaluation of an expression per event. */
    @Bean
    EventExternalizationConfiguration orderEvents(@Value("${benchmark.topic}") String topic) {
        return EventExternalizationConfiguration.externalizing()
                .select(OrderState.class::isInstance)
                .route(OrderState.class, state -> RoutingTarget.forTarget(topic).andKey(Long.toString(state.id())))
                .build();
    }

    /**
     * The listener that the library's module for Kafka registers: it sends on the application's task executor after the commit,
     * and the publication is completed when the broker has answered.
     */
    @Bean
    EventExternalizerModuleListener toKafka(
            EventExternalizationConfiguration orderEvents, KafkaTemplate<String, Object> kafka) {
        return new EventExternalizerModuleListener(
                orderEvents,
                (event, target) -> kafka.send(new ProducerRecord<>(target.getTarget(), target.getKey(), event)));
    }
}
