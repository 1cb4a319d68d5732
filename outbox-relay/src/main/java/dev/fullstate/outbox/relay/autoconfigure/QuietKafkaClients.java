package dev.fullstate.outbox.relay.autoconfigure;

import java.util.List;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertyResolver;

import static java.util.stream.Collectors.toMap;

/**
 * Keeps Kafka's clients from filling a start's log with what they are made of: the relay has five of them, with a hundred lines of
 * configuration each. Their warnings are logged. A level that the application configures with {@code logging.level}, for one of these
 * loggers or for one above it, has precedence.
 */
final class QuietKafkaClients implements EnvironmentPostProcessor {

    private static final List<String> CHATTY = List.of(
            "org.apache.kafka.clients.Metadata",
            "org.apache.kafka.clients.producer.KafkaProducer",
            "org.apache.kafka.common.config.AbstractConfig",
            "org.apache.kafka.common.metrics.Metrics",
            "org.apache.kafka.common.telemetry",
            "org.apache.kafka.common.utils.AppInfoParser");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> levels = CHATTY.stream()
                .filter(logger -> !isConfigured(environment, logger))
                .collect(toMap(QuietKafkaClients::key, logger -> "warn"));
        environment.getPropertySources().addLast(new MapPropertySource("quietKafkaClients", levels));
    }

    /** The level of a logger is inherited by those below it, unless they have one. */
    private static boolean isConfigured(PropertyResolver environment, String logger) {
        int parent = logger.lastIndexOf('.');
        return environment.containsProperty(key(logger))
                || (parent > 0 && isConfigured(environment, logger.substring(0, parent)));
    }

    private static String key(String logger) {
        return "logging.level." + logger;
    }
}
