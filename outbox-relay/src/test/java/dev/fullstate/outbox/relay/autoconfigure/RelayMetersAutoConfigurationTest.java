package dev.fullstate.outbox.relay.autoconfigure;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.fullstate.outbox.relay.Relay;
import dev.fullstate.outbox.relay.monitor.RelayMeters;

import static org.assertj.core.api.Assertions.assertThat;

class RelayMetersAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    KafkaAutoConfiguration.class,
                    OutboxRelayAutoConfiguration.class))
            .withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:1/nowhere");

    @Test
    void withMicrometerThereAreMeters() {
        runner.run(context -> assertThat(context).hasSingleBean(RelayMeters.class));
    }

    @Test
    void withoutMicrometerThereIsARelayWithoutMeters() {
        runner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(Relay.class)
                        .doesNotHaveBean("outboxRelayMeters"));
    }
}
