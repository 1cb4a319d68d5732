package dev.fullstate.outbox.test;

import java.util.Map;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * PostgreSQL and Kafka for an application context: import it into a test, or run the application with it.
 *
 * <pre>{@code
 * @SpringBootTest
 * @Import(OutboxTestServices.class)
 * class OrdersTest { ... }
 *
 * SpringApplication.from(OrderService::main).with(OutboxTestServices.class).run(args);
 * }</pre>
 *
 * <p>The services start with the context, empty. Everything that Spring Boot configures from {@code spring.datasource} and
 * {@code spring.kafka} connects to them, whatever addresses these properties have. They stop with the context, after the beans
 * that use them.
 *
 * <p>The bean {@link PublishedEvents} has the published events of all types.
 *
 * <p>The property {@code outbox.test.services} determines their origin: {@code embedded}, the default, needs only this
 * module ({@link PostgresServer}, {@link KafkaServer}); {@code containers} needs Docker and the Testcontainers modules
 * {@code testcontainers-postgresql} and {@code testcontainers-kafka}. The ports, any free ones by default, are
 * {@code outbox.test.postgres.port} and {@code outbox.test.kafka.port}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OutboxTestProperties.class)
public class OutboxTestServices {

    private static final String POSTGRES = "outboxTestPostgres";

    /** Marks the connection as Spring Boot marks one to a container, so that slice tests use it instead of a database in memory. */
    @Bean
    static BeanDefinitionRegistryPostProcessor outboxTestDatabaseMark() {
        return new Mark();
    }

    @Bean(POSTGRES)
    JdbcConnectionDetails outboxTestPostgres(OutboxTestProperties properties) {
        return switch (properties.services()) {
            case EMBEDDED -> EmbeddedServices.postgres(properties.postgres());
            case CONTAINERS -> {
                requireTestcontainers("org.testcontainers.postgresql.PostgreSQLContainer", "testcontainers-postgresql");
                yield ContainerServices.postgres(properties.postgres());
            }
        };
    }

    /** Starts Kafka when it is first needed, because slice tests do without it. */
    @Bean
    @Lazy
    KafkaConnectionDetails outboxTestKafka(OutboxTestProperties properties) {
        return switch (properties.services()) {
            case EMBEDDED -> EmbeddedServices.kafka(properties.kafka());
            case CONTAINERS -> {
                requireTestcontainers("org.testcontainers.kafka.KafkaContainer", "testcontainers-kafka");
                yield ContainerServices.kafka(properties.kafka());
            }
        };
    }

    /** The events of all types that the relay of this context has published. It reads nothing until a test asks. */
    @Bean
    @Lazy
    PublishedEvents outboxTestEvents(
            JdbcConnectionDetails postgres, KafkaConnectionDetails kafka, Environment environment) {
        Binder binder = Binder.get(environment);
        Topics topics = Topics.ofTheRelay(
                environment.getProperty("outbox.relay.topic", "outbox.event.{aggregatetype}"),
                binder.bind("outbox.relay.topics", Bindable.mapOf(String.class, String.class))
                        .orElse(Map.of())
                        .values());
        RelayPosition relay = new RelayPosition(
                postgres.getJdbcUrl(),
                postgres.getUsername(),
                postgres.getPassword(),
                environment.getProperty("outbox.relay.slot-name", "outbox"));
        return PublishedEvents.of(String.join(",", kafka.getBootstrapServers()), topics, relay);
    }

    private static void requireTestcontainers(String type, String artifact) {
        if (!ClassUtils.isPresent(type, null)) {
            throw new IllegalStateException(
                    "outbox.test.services=containers needs org.testcontainers:%s on the class path; add it, or set outbox.test.services=embedded"
                            .formatted(artifact));
        }
    }

    /** Has an order, because Spring Boot's replacement of the database has none, and comes after configurations that have one. */
    private static final class Mark implements BeanDefinitionRegistryPostProcessor, Ordered {

        @Override
        public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
            new ContainerImageMetadata(POSTGRES).addTo(registry.getBeanDefinition(POSTGRES));
        }

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }
    }
}
