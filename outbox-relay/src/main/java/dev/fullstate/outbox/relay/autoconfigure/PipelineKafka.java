package dev.fullstate.outbox.relay.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The Kafka cluster of a pipeline.
 *
 * @param producer what a producer connects with, at the moment
 * @param admin what is set for admin clients alone
 */
record PipelineKafka(Supplier<Map<String, Object>> producer, Map<String, Object> admin) {

    /** Returns a cluster of its own. */
    static PipelineKafka at(KafkaProperties properties, ObjectProvider<SslBundles> bundles) {
        Map<String, Object> producer = producer(properties, bundles);
        return new PipelineKafka(() -> producer, admin(properties, bundles));
    }

    /** Returns the same cluster, with what the properties set beside its address. */
    PipelineKafka with(KafkaProperties properties, ObjectProvider<SslBundles> bundles) {
        Map<String, Object> own = producer(properties, bundles);
        own.entrySet().removeAll(new KafkaProperties().buildProducerProperties().entrySet());
        own.remove(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        Map<String, Object> admins = new HashMap<>(admin);
        admins.putAll(admin(properties, bundles));
        return new PipelineKafka(
                () -> {
                    Map<String, Object> all = new HashMap<>(producer.get());
                    all.putAll(own);
                    return all;
                },
                admins);
    }

    /** Returns whether the properties have the address of a cluster. */
    static boolean hasAddress(KafkaProperties properties) {
        Object servers = properties.buildProducerProperties().get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        return servers != null && !List.of().equals(servers);
    }

    private static Map<String, Object> producer(KafkaProperties properties, ObjectProvider<SslBundles> bundles) {
        Map<String, Object> producer = properties.buildProducerProperties();
        String bundle = properties.getProducer().getSsl().getBundle();
        secure(producer, bundle != null ? bundle : properties.getSsl().getBundle(), bundles);
        return producer;
    }

    private static Map<String, Object> admin(KafkaProperties properties, ObjectProvider<SslBundles> bundles) {
        Map<String, Object> admin = new HashMap<>(properties.getAdmin().buildProperties());
        secure(admin, properties.getAdmin().getSsl().getBundle(), bundles);
        return admin;
    }

    /** Does what Boot does with a bundle that the application's clients have. */
    private static void secure(
            Map<String, Object> client, @Nullable String bundle, ObjectProvider<SslBundles> bundles) {
        if (bundle != null) {
            client.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, SslBundleSslEngineFactory.class);
            client.put(SslBundle.class.getName(), bundles.getObject().getBundle(bundle));
        }
    }

    /** Leaves out what may be secret. */
    @Override
    public String toString() {
        return "Kafka at " + producer.get().get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
    }
}
