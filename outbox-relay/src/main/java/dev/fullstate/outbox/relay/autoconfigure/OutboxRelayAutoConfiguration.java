package dev.fullstate.outbox.relay.autoconfigure;

import ch.qos.logback.classic.turbo.TurboFilter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ProducerFactory;

import dev.fullstate.outbox.relay.Relay;
import dev.fullstate.outbox.relay.RelaySettings;
import dev.fullstate.outbox.relay.Relays;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.monitor.RelayHealthIndicator;
import dev.fullstate.outbox.relay.monitor.RelayMeters;
import dev.fullstate.outbox.relay.observation.DefaultPublishObservationConvention;
import dev.fullstate.outbox.relay.observation.ObservedEvents;
import dev.fullstate.outbox.relay.observation.PublishObservationConvention;
import dev.fullstate.outbox.relay.observation.PublishObservations;
import dev.fullstate.outbox.relay.pipelines.Pipelines;
import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;

import static java.util.stream.Collectors.toUnmodifiableSet;

/**
 * Auto-configuration of the relay: from the database that the application uses to the Kafka that it uses.
 *
 * <p>Needs no {@code DataSource}; an application without Kafka's auto-configuration has no relay.
 */
@AutoConfiguration(after = {DataSourceAutoConfiguration.class, KafkaAutoConfiguration.class})
@ConditionalOnBooleanProperty(name = "outbox.relay.enabled", matchIfMissing = true)
@ConditionalOnBean(ProducerFactory.class)
@Import(RelaySettingsConfiguration.class)
public final class OutboxRelayAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelayAutoConfiguration.class);

    @Bean
    @Conditional(OnOnePipeline.class)
    @ConditionalOnMissingBean
    WalSource outboxRelayWalSource(WalSettings settings) {
        return WalSource.of(settings);
    }

    @Bean
    @Conditional(OnOnePipeline.class)
    @ConditionalOnMissingBean
    Relay outboxRelay(
            OutboxRelayProperties properties,
            Environment environment,
            WalSource walSource,
            Router router,
            PublisherSettings publisher,
            Kafka.Connector kafka,
            ObjectProvider<PublishObservations> observations) {
        return relay(
                Pipeline.of(properties, environment).relay(properties),
                walSource,
                router,
                publisher,
                kafka,
                observations.getIfAvailable(PublishObservations::none));
    }

    @Bean
    @Conditional(OnNamedPipelines.class)
    @ConditionalOnMissingBean
    Relays outboxRelays(
            Pipelines<PipelineSettings> pipelines,
            Kafka.Connector kafka,
            ObjectProvider<PublishObservations> observations) {
        PublishObservations shared = observations.getIfAvailable(PublishObservations::none);
        return new Relays(pipelines.map(settings -> relay(
                settings.relay(),
                WalSource.of(settings.wal()),
                settings.router(),
                settings.publisher(),
                kafka,
                shared)));
    }

    private static Relay relay(
            RelaySettings settings,
            WalSource walSource,
            Router router,
            PublisherSettings publisher,
            Kafka.Connector kafka,
            PublishObservations observations) {
        log.info(
                "The relay publishes to Kafka at {}, {}, what it reads from {}",
                publisher.kafka().producer().get().get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG),
                publisher.delivery() == Delivery.EXACTLY_ONCE ? "exactly once" : "at least once",
                walSource);
        ObservedEvents observed = observations.ofPipeline(settings.slotName());
        return new Relay(
                settings,
                walSource,
                router,
                pipeline -> PreparedPublisher.prepare(publisher, pipeline, kafka, observed));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    @ConditionalOnEnabledHealthIndicator("outbox-relay")
    static class HealthConfiguration {

        @Bean
        @Conditional(OnOnePipeline.class)
        @ConditionalOnMissingBean(name = "outboxRelayHealthIndicator")
        RelayHealthIndicator outboxRelayHealthIndicator(Relay relay) {
            return new RelayHealthIndicator(relay::status);
        }

        @Bean
        @Conditional(OnNamedPipelines.class)
        @ConditionalOnMissingBean(name = "outboxRelayHealthContributor")
        CompositeHealthContributor outboxRelayHealthContributor(Relays relays) {
            return CompositeHealthContributor.fromMap(
                    relays.pipelines().byName(), relay -> new RelayHealthIndicator(relay::status));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TurboFilter.class)
    static class LogConfiguration {

        // Nothing depends on it, and a relay starts without being asked for.
        @Lazy(false)
        @Bean(initMethod = "install", destroyMethod = "remove")
        QuietKafkaClients outboxRelayQuietKafkaClients(Pipelines<PipelineSettings> pipelines) {
            return new QuietKafkaClients(pipelines.byName().values().stream()
                    .map(settings -> settings.publisher().kafka().clientId())
                    .collect(toUnmodifiableSet()));
        }
    }

    /** Observations are for spans; without Micrometer Tracing nothing would come of them. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.micrometer.tracing.Tracer")
    static class TracingConfiguration {

        @Bean
        PublishObservations outboxRelayObservations(
                ObjectProvider<ObservationRegistry> registries,
                ObjectProvider<PublishObservationConvention> conventions) {
            return new PublishObservations(
                    registries.getIfUnique(() -> ObservationRegistry.NOOP), conventions.getIfAvailable());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class MetersConfiguration {

        /** A timer of the observations would count the events of sampled traces only, beside a meter of all events. */
        @Bean
        MeterFilter outboxRelayObservationsMeterFilter() {
            return MeterFilter.denyNameStartsWith(DefaultPublishObservationConvention.NAME);
        }

        @Bean
        @Conditional(OnOnePipeline.class)
        @ConditionalOnMissingBean
        RelayMeters outboxRelayMeters(Relay relay) {
            return new RelayMeters(relay);
        }

        @Bean
        @Conditional(OnNamedPipelines.class)
        MeterBinder outboxRelaysMeters(Relays relays) {
            return registry ->
                    relays.pipelines().byName().values().forEach(relay -> new RelayMeters(relay).bindTo(registry));
        }
    }
}
