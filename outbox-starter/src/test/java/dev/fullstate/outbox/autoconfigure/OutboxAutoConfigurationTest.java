package dev.fullstate.outbox.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.dialect.PostgreSQLDialect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.FullStateEvents;
import dev.fullstate.outbox.bulk.BulkOperations;
import dev.fullstate.outbox.envelope.TraceContext;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.republish.UnknownAggregateTypeException;
import dev.fullstate.outbox.unversioned.Unversioned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ExtendWith(OutputCaptureExtension.class)
class OutboxAutoConfigurationTest {

    private static final String NOT_CAPTURED = "Changes of [" + Unversioned.class.getName() + "] are not captured: ";

    private static final AutoConfigurations OURS = AutoConfigurations.of(
            OutboxAutoConfiguration.class,
            NothingCapturedAutoConfiguration.class,
            RepublishAutoConfiguration.class,
            AdminAutoConfiguration.class);

    /** Hibernate without a single entity starts without its database. */
    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(OURS)
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    TransactionAutoConfiguration.class))
            .withUserConfiguration(WithoutEntities.class)
            .withPropertyValues(
                    "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
                    "spring.datasource.hikari.connection-timeout=250",
                    "spring.jpa.hibernate.ddl-auto=none",
                    "spring.jpa.properties.hibernate.boot.allow_jdbc_metadata_access=false",
                    "spring.jpa.database-platform=" + PostgreSQLDialect.class.getName());

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = OutboxAutoConfigurationTest.class)
    static class WithoutEntities {}

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Unversioned.class)
    static class WithAnEntity {}

    @Test
    void capturesWhereThereIsAnEntityManagerFactory(CapturedOutput output) {
        contexts.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(PersistenceUnits.class)
                .hasSingleBean(CaptureInstaller.class)
                .hasSingleBean(Republisher.class));

        assertThat(output).doesNotContain("are not captured");
    }

    @Test
    void backsOffWithoutADataSourceAndNamesTheEntitiesThatAreNotCaptured(CapturedOutput output) {
        new ApplicationContextRunner()
                .withConfiguration(OURS)
                .withUserConfiguration(WithAnEntity.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PersistenceUnits.class));

        assertThat(output).contains(NOT_CAPTURED + "there is no DataSource. Set spring.datasource.url, or define one");
    }

    @Test
    void backsOffWithoutAnEntityManagerFactoryAndNamesTheEntitiesThatAreNotCaptured(CapturedOutput output) {
        new ApplicationContextRunner()
                .withConfiguration(OURS)
                .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
                .withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none")
                .withUserConfiguration(WithAnEntity.class)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(PersistenceUnits.class)
                        .doesNotHaveBean(Republisher.class));

        assertThat(output).contains(NOT_CAPTURED + "there is no entity manager factory");
    }

    @Test
    void backsOffWithoutHibernateAndNamesTheEntitiesThatAreNotCaptured(CapturedOutput output) {
        contexts.withClassLoader(new FilteredClassLoader("org.hibernate"))
                .withUserConfiguration(WithAnEntity.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PersistenceUnits.class));

        assertThat(output).contains(NOT_CAPTURED + "Hibernate is not on the class path. Add org.springframework.boot:");
    }

    @Test
    void logsNothingWithoutAnnotatedEntities(CapturedOutput output) {
        new ApplicationContextRunner()
                .withConfiguration(OURS)
                .withUserConfiguration(WithoutEntities.class)
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain("are not captured");
    }

    @Test
    void leavesNoBeanWhenDisabled(CapturedOutput output) {
        contexts.withPropertyValues("outbox.enabled=false")
                .withUserConfiguration(WithAnEntity.class)
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(EntityManagerFactory.class);
                    assertThat(Stream.of(context.getBeanDefinitionNames())
                                    .filter(name -> name.startsWith("outbox") || name.contains("dev.fullstate"))
                                    .filter(name -> !name.contains("utoConfigurationTest")))
                            .isEmpty();
                });

        assertThat(output).doesNotContain("are not captured");
    }

    @Test
    void leavesBeansThatTheTestAboveWouldSeeWhenEnabled() {
        contexts.run(context -> assertThat(context.getBeanDefinitionNames())
                .contains("outboxPersistenceUnits", OutboxAutoConfiguration.class.getName()));
    }

    @Test
    void unreachableDatabaseIsExplained() {
        contexts.withUserConfiguration(WithAnEntity.class).run(context -> {
            FailureAnalysis analysis = new OutboxSchemaFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains("with captured entities does not answer");
            assertThat(analysis.getAction()).contains("Start PostgreSQL");
        });
    }

    @Test
    void offersFullStateEventsAndReportsTheQueriesOfRepositories() {
        contexts.run(context ->
                assertThat(context).hasSingleBean(FullStateEvents.class).hasSingleBean(ModifyingQueryReport.class));
    }

    @Test
    void reportsNoQueriesWithoutSpringDataJpa() {
        contexts.withClassLoader(new FilteredClassLoader("org.springframework.data.jpa"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(PersistenceUnits.class)
                        .doesNotHaveBean(ModifyingQueryReport.class));
    }

    @Test
    void refusesBulkOperationsByDefault() {
        contexts.run(context -> assertThat(
                        context.getBean(OutboxProperties.class).capture().bulkOperations())
                .isEqualTo(BulkOperations.Policy.FAIL));
        contexts.withPropertyValues("outbox.capture.bulk-operations=allow")
                .run(context -> assertThat(context.getBean(OutboxProperties.class)
                                .capture()
                                .bulkOperations())
                        .isEqualTo(BulkOperations.Policy.ALLOW));
    }

    @Test
    void worksWithoutTracing() {
        contexts.withClassLoader(new FilteredClassLoader("io.micrometer.tracing"))
                .run(context -> assertThat(
                                context.getBean(TraceContext.Source.class).get())
                        .isEqualTo(TraceContext.NONE));
    }

    @Test
    void refusesInvalidProperties() {
        Map.of(
                        "outbox.republish.chunk-size=0",
                        "outbox.republish.chunk-size with value '0' is invalid: It has to be between 1 and 1000",
                        "outbox.payload.max-size=101MB",
                        "It has to be between 1B and 100MB",
                        "outbox.source=not a uri",
                        "outbox.source with value 'not a uri' is invalid: It has to be a URI reference, and not empty",
                        "outbox.source=",
                        "outbox.source with value '' is invalid")
                .forEach((property, message) -> contexts.withPropertyValues(property)
                        .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining(message)));
    }

    @Test
    void applicationNameIsPercentEncodedInTheDefaultSource() {
        assertThat(OutboxAutoConfiguration.defaultSource("orders")).isEqualTo("urn:service:orders");
        assertThat(OutboxAutoConfiguration.defaultSource("my orders/ö%"))
                .isEqualTo("urn:service:my%20orders/%C3%B6%25");
        assertThat(OutboxAutoConfiguration.defaultSource(" ")).isEqualTo("urn:service:application");
    }

    @Test
    void republisherDoesNotUseTheDatabaseWithoutAnnotatedEntities() {
        contexts.run(context -> {
            Republisher republisher = context.getBean(Republisher.class);
            assertThat(republisher.isRunning()).isFalse();
            assertThat(republisher.find(UUID.randomUUID())).isEmpty();
            assertThatThrownBy(() -> republisher.start(List.of(), "test"))
                    .isInstanceOf(UnknownAggregateTypeException.class)
                    .hasMessage("No entity has @PublishFullState, so there is nothing to republish");
        });
    }

    @Test
    void republisherDoesNotExistWithoutAnEntityManagerFactory() {
        new ApplicationContextRunner()
                .withConfiguration(OURS)
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        ServletWebSecurityAutoConfiguration.class))
                .withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Republisher.class));
    }
}
