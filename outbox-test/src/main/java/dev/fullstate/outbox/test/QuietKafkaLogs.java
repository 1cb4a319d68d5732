package dev.fullstate.outbox.test;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps the broker, which writes hundreds of lines about itself at level info, from drowning the application's log. A level
 * that the application configures for these loggers with {@code logging.level} has precedence.
 */
final class QuietKafkaLogs implements EnvironmentPostProcessor {

    private static final String KAFKA = "logging.level.org.apache.kafka";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> levels = new LinkedHashMap<>();
        levels.put(KAFKA, "warn");
        levels.put("logging.level.kafka", "warn");
        if (!environment.containsProperty("logging.level.kafka")) {
            // The first two transactional producers may request the same internal topic.
            levels.put("logging.level.kafka.server.DefaultAutoTopicCreationManager", "error");
        }
        levels.put("logging.level.state.change.logger", "warn");
        if (!environment.containsProperty(KAFKA)) {
            // It warns of an empty log, which every start here has.
            levels.put(KAFKA + ".controller.QuorumController", "error");
            // It warns of each record that it sends once more, such as the first one of a topic that has just been
            // created.
            levels.put(KAFKA + ".clients.producer.internals.Sender", "error");
        }
        environment.getPropertySources().addLast(new MapPropertySource("quietKafkaLogs", levels));
    }
}
