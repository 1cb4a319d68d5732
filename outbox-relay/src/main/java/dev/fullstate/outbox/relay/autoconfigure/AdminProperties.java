package dev.fullstate.outbox.relay.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.SslConfigs;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * What the application sets for Kafka's admin clients alone: with {@code spring.kafka.admin.*}, or in a {@code KafkaAdmin} of its own. What
 * all of its clients have in common does not count: the relay's producer has that too, unless it is set for producers to something else.
 */
final class AdminProperties {

    private AdminProperties() {}

    static Map<String, Object> find(
            ObjectProvider<KafkaAdmin> admins,
            ObjectProvider<KafkaProperties> kafkaProperties,
            ObjectProvider<KafkaConnectionDetails> connectionDetails) {
        KafkaAdmin admin = admins.getIfAvailable();
        if (admin == null) {
            return Map.of();
        }
        Map<String, Object> own = new HashMap<>(admin.getConfigurationProperties());
        KafkaProperties properties = kafkaProperties.getIfAvailable();
        KafkaConnectionDetails details = connectionDetails.getIfAvailable();
        if (properties != null && details != null) {
            own.entrySet().removeAll(common(properties, details.getAdmin()).entrySet());
        }
        return own;
    }

    /** Builds what Boot gives to an admin client for which nothing is set. */
    private static Map<String, Object> common(
            KafkaProperties properties, KafkaConnectionDetails.Configuration connection) {
        Map<String, Object> common = properties.buildAdminProperties();
        common.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, connection.getBootstrapServers());
        if (connection.getSecurityProtocol() != null) {
            common.put(AdminClientConfig.SECURITY_PROTOCOL_CONFIG, connection.getSecurityProtocol());
        }
        KafkaProperties.Admin own = properties.getAdmin();
        if (connection.getSslBundle() != null && own.getSsl().getBundle() == null) {
            common.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, SslBundleSslEngineFactory.class);
            common.put(SslBundle.class.getName(), connection.getSslBundle());
        }
        common.keySet().removeAll(List.copyOf(own.buildProperties().keySet()));
        return common;
    }
}
