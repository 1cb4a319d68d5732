package dev.fullstate.outbox.relay.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.tracing.Tracer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import dev.fullstate.outbox.relay.Relay;
import dev.fullstate.outbox.relay.observation.DefaultPublishObservationConvention;
import dev.fullstate.outbox.relay.observation.PublishObservationContext;
import dev.fullstate.outbox.relay.observation.PublishObservationConvention;
import dev.fullstate.outbox.relay.observation.PublishObservations;
import dev.fullstate.outbox.relay.observation.RecordedObservations;

import static org.assertj.core.api.Assertions.assertThat;

class RelayTracingAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    KafkaAutoConfiguration.class,
                    OutboxRelayAutoConfiguration.class))
            .withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:1/nowhere");

    private final ApplicationContextRunner withRegistry = runner.withConfiguration(AutoConfigurations.of(
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    ObservationAutoConfiguration.class))
            .withBean(RecordedObservations.class);

    @Test
    void withARegistryPublishingIsObservedAndHasNoMeterOfItsOwn() {
        withRegistry.run(context -> {
            assertThat(context).getBeans(ObservationHandler.class).hasSizeGreaterThan(1);
            publishOne(context);
            assertThat(context.getBean(RecordedObservations.class).ended).hasSize(1);
            assertThat(context.getBean(MeterRegistry.class).getMeters())
                    .noneMatch(meter -> meter.getId().getName().startsWith("outbox.relay.publish"));
        });
    }

    @Test
    void conventionOfTheApplicationIsUsed() {
        PublishObservationConvention convention = new DefaultPublishObservationConvention() {

            @Override
            public String getContextualName(PublishObservationContext context) {
                return "order";
            }
        };
        withRegistry
                .withBean(PublishObservationConvention.class, () -> convention)
                .run(context -> {
                    publishOne(context);
                    assertThat(context.getBean(RecordedObservations.class).ended)
                            .singleElement()
                            .extracting(PublishObservationContext::getContextualName)
                            .isEqualTo("order");
                });
    }

    @Test
    void observationsCanBeSwitchedOff() {
        withRegistry
                .withPropertyValues("management.observations.enable.outbox.relay.publish=false")
                .run(context -> {
                    publishOne(context);
                    assertThat(context.getBean(RecordedObservations.class).started)
                            .isEmpty();
                });
    }

    @Test
    void withoutARegistryNothingIsObserved() {
        runner.withBean(RecordedObservations.class).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(Relay.class);
            publishOne(context);
            assertThat(context.getBean(RecordedObservations.class).started).isEmpty();
        });
    }

    @Test
    void withoutTracingThereIsARelayWithoutObservations() {
        withRegistry
                .withClassLoader(new FilteredClassLoader(Tracer.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(Relay.class)
                        .doesNotHaveBean(PublishObservations.class));
    }

    private static void publishOne(ApplicationContext context) {
        context.getBean(PublishObservations.class)
                .ofPipeline("orders")
                .observe(RecordedObservations.event(RecordedObservations.SAMPLED), 0, () -> {})
                .run();
    }
}
