package dev.fullstate.outbox.relay.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
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

import dev.fullstate.outbox.relay.Relay;
import dev.fullstate.outbox.relay.RelaySettings;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaSettings;
import dev.fullstate.outbox.relay.pipelines.Pipelines;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.DatabaseSetupException;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;

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
        PipelineKafka kafka = new PipelineKafka(
                producers::getConfigurationProperties, AdminProperties.find(admin, kafkaProperties, connectionDetails));
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
            ObjectProvider<SslBundles> bundles,
            ListableBeanFactory beans) {
        requireNoneOf(beans, WalSettings.class, WalSource.class, Router.class, PublisherSettings.class, Relay.class);
        PipelineKafka application = new PipelineKafka(
                producers::getConfigurationProperties,
                AdminProperties.find(admin, kafkaProperties, kafkaConnectionDetails));
        Map<String, PipelineSettings> byName = new LinkedHashMap<>();
        for (NamedPipeline named : NamedPipeline.of(properties, environment)) {
            OutboxRelayProperties own = named.relay();
            if (own.enabled()) {
                Pipeline pipeline = Pipeline.of(named, environment);
                PipelineKafka kafka = kafka(named.kafka(), application, bundles);
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

    /** Makes sure that no bean of the application is left out without a word, which would replace a part of an only pipeline. */
    private static void requireNoneOf(ListableBeanFactory beans, Class<?>... types) {
        for (Class<?> type : types) {
            if (beans.getBeanNamesForType(type, true, false).length > 0) {
                throw new PipelineConfigurationException(
                        "There is a bean of type " + type.getName() + ", and pipelines with names have none",
                        "Remove the bean, and set the properties of the pipelines instead; or relay one outbox in the process,"
                                + " without outbox.relay.pipelines",
                        null);
            }
        }
    }

    private static PipelineKafka kafka(
            @Nullable KafkaProperties own, PipelineKafka application, ObjectProvider<SslBundles> bundles) {
        if (own == null) {
            return application;
        }
        return PipelineKafka.hasAddress(own) ? PipelineKafka.at(own, bundles) : application.with(own, bundles);
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
                kafka.producer(),
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
