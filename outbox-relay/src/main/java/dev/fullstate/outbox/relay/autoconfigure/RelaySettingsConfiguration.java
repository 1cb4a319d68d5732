package dev.fullstate.outbox.relay.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

import dev.fullstate.outbox.relay.RelaySettings;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaSettings;
import dev.fullstate.outbox.relay.pipelines.Pipelines;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.DatabaseSetupException;
import dev.fullstate.outbox.relay.wal.WalSettings;

/** The settings of the relay and its two sides, without a relay: also what the commands of the executable jar need. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OutboxRelayProperties.class)
public class RelaySettingsConfiguration {

    @Bean
    @Conditional(OnOnePipeline.class)
    @ConditionalOnMissingBean
    WalSettings outboxRelayWalSettings(
            OutboxRelayProperties properties,
            Environment environment,
            ObjectProvider<JdbcConnectionDetails> connectionDetails,
            ObjectProvider<DataSourceProperties> dataSource) {
        return Pipeline.of(properties, environment)
                .wal(properties, new RelayDatabase(properties, environment, connectionDetails, dataSource));
    }

    @Bean
    @Conditional(OnOnePipeline.class)
    @ConditionalOnMissingBean
    Router outboxRelayRouter(OutboxRelayProperties properties) {
        return new Router(properties.topic(), properties.topics());
    }

    @Bean
    @Conditional(OnOnePipeline.class)
    @ConditionalOnMissingBean
    PublisherSettings outboxRelayPublisherSettings(
            OutboxRelayProperties properties,
            Environment environment,
            ProducerFactory<?, ?> producers,
            ObjectProvider<KafkaAdmin> admin,
            ObjectProvider<KafkaProperties> kafkaProperties,
            ObjectProvider<KafkaConnectionDetails> connectionDetails) {
        PipelineKafka kafka =
                new PipelineKafka(producers, AdminProperties.find(admin, kafkaProperties, connectionDetails));
        return publisher(properties, Pipeline.of(properties, environment), kafka);
    }

    @Bean
    @Conditional(OnOnePipeline.class)
    Pipelines<PipelineSettings> outboxRelayPipeline(
            OutboxRelayProperties properties,
            Environment environment,
            WalSettings wal,
            Router router,
            PublisherSettings publisher) {
        RelaySettings relay = Pipeline.of(properties, environment).relay(properties);
        return Pipelines.ofOne(wal.slotName(), new PipelineSettings(wal, router, publisher, relay));
    }

    @Bean
    @Conditional(OnNamedPipelines.class)
    Pipelines<PipelineSettings> outboxRelayPipelines(
            OutboxRelayProperties properties,
            Environment environment,
            ObjectProvider<JdbcConnectionDetails> connectionDetails,
            ObjectProvider<DataSourceProperties> dataSource,
            ProducerFactory<?, ?> producers,
            ObjectProvider<KafkaAdmin> admin,
            ObjectProvider<KafkaProperties> kafkaProperties,
            ObjectProvider<KafkaConnectionDetails> kafkaConnectionDetails,
            ObjectProvider<SslBundles> bundles) {
        PipelineKafka application =
                new PipelineKafka(producers, AdminProperties.find(admin, kafkaProperties, kafkaConnectionDetails));
        Map<String, PipelineSettings> byName = new LinkedHashMap<>();
        for (NamedPipeline named : NamedPipeline.of(properties, environment)) {
            OutboxRelayProperties own = named.relay();
            if (own.enabled()) {
                Pipeline pipeline = Pipeline.of(named, environment);
                PipelineKafka kafka = named.kafka() == null ? application : application.with(named.kafka(), bundles);
                byName.put(
                        named.name(),
                        new PipelineSettings(
                                wal(
                                        named,
                                        pipeline,
                                        new RelayDatabase(own, environment, connectionDetails, dataSource)),
                                new Router(own.topic(), own.topics()),
                                publisher(own, pipeline, kafka),
                                pipeline.relay(own)));
            }
        }
        PipelineSettings.requireDistinct(byName);
        return Pipelines.ofNamed(byName);
    }

    private static WalSettings wal(NamedPipeline named, Pipeline pipeline, RelayDatabase database) {
        try {
            return pipeline.wal(named.relay(), database);
        } catch (RelayDatabaseMissingException e) {
            throw new PipelineConfigurationException(
                    "Pipeline '" + named.name() + "' has no database to read",
                    "Set " + named.property("url") + "=jdbc:postgresql://host/database",
                    e);
        } catch (DatabaseSetupException e) {
            throw new PipelineConfigurationException(
                    "Pipeline '" + named.name() + "': " + named.withOwnKeys(String.valueOf(e.getMessage())),
                    named.withOwnKeys(e.remedy()),
                    e);
        }
    }

    private static PublisherSettings publisher(
            OutboxRelayProperties properties, Pipeline pipeline, PipelineKafka kafka) {
        KafkaSettings settings = new KafkaSettings(
                "outbox-relay-" + pipeline.name(),
                kafka.producers()::getConfigurationProperties,
                kafka.admin(),
                properties.maxInFlight(),
                properties.kafkaTimeout(),
                properties.exactlyOnce().transactionTimeout());
        return new PublisherSettings(
                settings,
                properties.delivery(),
                properties.exactlyOnce().positionTopic(),
                properties.deadLetterTopic(),
                properties.exactlyOnce().commitInterval(),
                new NewTopics(
                        properties.createTopics(),
                        properties.topicPartitions(),
                        properties.topicReplicationFactor(),
                        properties.addedPartitions()));
    }

    @Bean
    @ConditionalOnMissingBean
    Kafka.Connector outboxRelayKafka() {
        return Kafka::connect;
    }
}
