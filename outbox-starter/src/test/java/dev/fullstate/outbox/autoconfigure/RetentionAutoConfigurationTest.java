package dev.fullstate.outbox.autoconfigure;

import org.hibernate.dialect.PostgreSQLDialect;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.monitor.OutboxEndpoint;
import dev.fullstate.outbox.monitor.OutboxMeters;
import dev.fullstate.outbox.retention.Outboxes;

import static org.assertj.core.api.Assertions.assertThat;

class RetentionAutoConfigurationTest {

    /** It has no captured entity, so no connection to the missing database is ever opened. */
    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    RetentionAutoConfiguration.class))
            .withUserConfiguration(WithoutEntities.class)
            .withPropertyValues(
                    "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
                    "spring.jpa.hibernate.ddl-auto=none",
                    "spring.jpa.properties.hibernate.boot.allow_jdbc_metadata_access=false",
                    "spring.jpa.database-platform=" + PostgreSQLDialect.class.getName(),
                    "management.endpoints.web.exposure.include=outbox");

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = RetentionAutoConfigurationTest.class)
    static class WithoutEntities {}

    @Test
    void withADataSourceThereIsARetentionWithEndpointAndMeters() {
        contexts.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(Outboxes.class)
                .hasSingleBean(OutboxEndpoint.class)
                .hasSingleBean(OutboxMeters.class));
    }

    @Test
    void retentionDoesNotRunWhereNothingIsCaptured() {
        contexts.run(context ->
                assertThat(context.getBean(Outboxes.class).isRunning()).isFalse());
    }

    @Test
    void endpointThatIsNotExposedDoesNotExist() {
        contexts.withPropertyValues("management.endpoints.web.exposure.include=health")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(Outboxes.class)
                        .doesNotHaveBean(OutboxEndpoint.class));
    }

    @Test
    void withoutActuatorThereIsNoEndpoint() {
        contexts.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(Outboxes.class)
                        .hasSingleBean(OutboxMeters.class)
                        .doesNotHaveBean(OutboxEndpoint.class));
    }

    @Test
    void withoutMicrometerThereAreNoMeters() {
        contexts.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(Outboxes.class)
                        .doesNotHaveBean("outboxMeters"));
    }

    @Test
    void withoutADataSourceThereIsNoRetention() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(OutboxAutoConfiguration.class, RetentionAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Outboxes.class));
    }

    @Test
    void whereCaptureIsSwitchedOffThereIsNoRetention() {
        contexts.withPropertyValues("outbox.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Outboxes.class));
    }

    @Test
    void periodThatDoesNotFitIntoTheRingIsRefused() {
        for (String period : new String[] {"23h", "15d"}) {
            contexts.withPropertyValues("outbox.retention.period=" + period)
                    .run(context -> assertThat(context.getStartupFailure())
                            .hasStackTraceContaining("It has to be between 1d and 14d"));
        }
    }
}
