package dev.fullstate.outbox.relay;

import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * The relay as a process of its own: the executable jar. Takes the same configuration as inside a service
 * ({@code spring.datasource.*}, {@code spring.kafka.*}, {@code outbox.relay.*}); has no web server unless
 * {@code spring.main.web-application-type=servlet} asks for one, to show its health.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class RelayApplication {

    public static void main(String... args) {
        SpringApplication application = new SpringApplication(RelayApplication.class);
        application.setDefaultProperties(
                Map.of("spring.application.name", "outbox-relay", "spring.main.web-application-type", "none"));
        application.run(args);
    }
}
