package dev.fullstate.outbox.relay.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * The Kafka cluster of a pipeline, in the form in which an application has one.
 *
 * @param admin what is set for admin clients alone
 */
record PipelineKafka(ProducerFactory<?, ?> producers, Map<String, Object> admin) {

    /** Returns the cluster that the properties describe, at this one's addresses where they have none. It makes no clients. */
    PipelineKafka with(KafkaProperties properties, ObjectProvider<SslBundles> bundles) {
        Map<String, Object> producer = properties.buildProducerProperties();
        Map<String, Object> own = new HashMap<>(properties.getAdmin().buildProperties());
        if (List.of().equals(producer.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG))) {
            producer.put(
                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                    producers.getConfigurationProperties().get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
        }
        String producerBundle = properties.getProducer().getSsl().getBundle();
        secure(
                producer,
                producerBundle != null ? producerBundle : properties.getSsl().getBundle(),
                bundles);
        secure(own, properties.getAdmin().getSsl().getBundle(), bundles);
        return new PipelineKafka(new DefaultKafkaProducerFactory<>(producer), own);
    }

    /** Does what Boot does with a bundle that the application's clients have. */
    private static void secure(
            Map<String, Object> client, @Nullable String bundle, ObjectProvider<SslBundles> bundles) {
        if (bundle != null) {
            client.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, SslBundleSslEngineFactory.class);
            client.put(SslBundle.class.getName(), bundles.getObject().getBundle(bundle));
        }
    }
}
