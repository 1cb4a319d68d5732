package dev.fullstate.outbox.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;

import dev.fullstate.outbox.envelope.TraceContext;

import static org.assertj.core.api.Assertions.assertThat;

class OutboxAutoConfigurationTest {

    /** A DataSource that is never connected to: capture is attached to entity manager factories only. */
    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class, OutboxAutoConfiguration.class, RepublishAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none", "outbox.schema.initialize=false");

    @Test
    void capturesWhereThereIsADataSource() {
        contexts.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(PersistenceUnits.class)
                .hasSingleBean(CaptureInstaller.class));
    }

    @Test
    void backsOffWithoutADataSource() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(OutboxAutoConfiguration.class, RepublishAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PersistenceUnits.class));
    }

    @Test
    void backsOffWhenDisabled() {
        contexts.withPropertyValues("outbox.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(PersistenceUnits.class)
                        .doesNotHaveBean(CaptureInstaller.class)
                        .doesNotHaveBean(OutboxSchemaInitializer.class));
    }

    @Test
    void backsOffWithoutHibernate() {
        contexts.withClassLoader(new FilteredClassLoader("org.hibernate"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PersistenceUnits.class));
    }

    @Test
    void leavesTheSchemaAloneWhenToldSo() {
        contexts.run(context -> assertThat(context).doesNotHaveBean(OutboxSchemaInitializer.class));
    }

    @Test
    void worksWithoutTracing() {
        contexts.withClassLoader(new FilteredClassLoader("io.micrometer.tracing"))
                .run(context -> assertThat(
                                context.getBean(TraceContext.Source.class).get())
                        .isEqualTo(TraceContext.NONE));
    }

    @Test
    void refusesAChunkSizeThatCannotBe() {
        contexts.withPropertyValues("outbox.republish.chunk-size=0")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("outbox.republish.chunk-size must be between 1 and 1000"));
    }

    @Test
    void nothingIsRepublishedWithoutAnEntityManagerFactory() {
        contexts.withConfiguration(AutoConfigurations.of(
                        TransactionAutoConfiguration.class,
                        AdminAutoConfiguration.class,
                        ServletWebSecurityAutoConfiguration.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(dev.fullstate.outbox.republish.Republisher.class)
                        .doesNotHaveBean(HibernateJpaAutoConfiguration.class));
    }
}
