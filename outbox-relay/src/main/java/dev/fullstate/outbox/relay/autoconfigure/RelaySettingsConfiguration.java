package dev.fullstate.outbox.relay.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.WalSettings;

/** The settings of the relay and its two sides, without a relay: also what the commands of the executable jar need. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OutboxRelayProperties.class)
public class RelaySettingsConfiguration {

    @Bean
    @ConditionalOnMissingBean
    WalSettings outboxRelayWalSettings(
            OutboxRelayProperties properties,
            Environment environment,
            ObjectProvider<JdbcConnectionDetails> connectionDetails,
            ObjectProvider<DataSourceProperties> dataSource) {
        Pipeline pipeline = Pipeline.of(properties, environment);
        RelayDatabase database = new RelayDatabase(properties, environment, connectionDetails, dataSource);
        // What is missing, or wrong, fails the start.
        database.read();
        return new WalSettings(
                database::read,
                pipeline.publication(),
                pipeline.name(),
                properties.connectTimeout(),
                properties.queryTimeout(),
                properties.slotCreationTimeout(),
                properties.walSenderTimeout(),
                properties.failoverSlot(),
                properties.sendAfter());
    }

    @Bean
    @ConditionalOnMissingBean
    Router outboxRelayRouter(OutboxRelayProperties properties) {
        return new Router(properties.topic(), properties.topics());
    }

    @Bean
    @ConditionalOnMissingBean
    PublisherSettings outboxRelayPublisherSettings(
            OutboxRelayProperties properties,
            Environment environment,
            ProducerFactory<?, ?> producers,
            ObjectProvider<KafkaAdmin> admin,
            ObjectProvider<KafkaProperties> kafkaProperties,
            ObjectProvider<KafkaConnectionDetails> connectionDetails) {
        KafkaSettings kafka = new KafkaSettings(
                "outbox-relay-" + Pipeline.of(properties, environment).name(),
                producers::getConfigurationProperties,
                AdminProperties.find(admin, kafkaProperties, connectionDetails),
                properties.maxInFlight(),
                properties.kafkaTimeout(),
                properties.exactlyOnce().transactionTimeout());
        return new PublisherSettings(
                kafka,
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
