package dev.fullstate.outbox.autoconfigure;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/**
 * Keeps the outbox's Flyway quiet in an application that has no Flyway of its own: one line of ours tells of a migration. A level
 * that the application sets with {@code logging.level.org.flywaydb} has precedence.
 */
final class QuietFlyway implements EnvironmentPostProcessor {

    private static final String OF_THE_APPLICATION =
            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!ClassUtils.isPresent(OF_THE_APPLICATION, application.getClassLoader())) {
            environment
                    .getPropertySources()
                    .addLast(new MapPropertySource("quietFlyway", Map.of("logging.level.org.flywaydb", "warn")));
        }
    }
}
