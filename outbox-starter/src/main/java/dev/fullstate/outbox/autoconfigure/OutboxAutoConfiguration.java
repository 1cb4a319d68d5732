package dev.fullstate.outbox.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;

import javax.sql.DataSource;

import io.micrometer.tracing.Tracer;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.FullStateEvents;
import dev.fullstate.outbox.FullStateJsonCustomizer;
import dev.fullstate.outbox.envelope.TraceContext;

/** Captures changes of entities with {@code @PublishFullState} in each JPA entity manager factory. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration"
        })
@ConditionalOnClass(SessionFactory.class)
@ConditionalOnBean(EntityManagerFactory.class)
@ConditionalOnBooleanProperty(name = "outbox.enabled", matchIfMissing = true)
@EnableConfigurationProperties(OutboxProperties.class)
public final class OutboxAutoConfiguration {

    /** Creates the post-processor before the entity manager factories, because it has to see each of them. */
    @Bean
    static CaptureInstaller outboxCaptureInstaller(ObjectProvider<PersistenceUnits> units) {
        return new CaptureInstaller(units);
    }

    @Bean
    ChangeFlow outboxChangeFlow(
            OutboxProperties properties,
            Environment environment,
            ObjectProvider<FullStateJsonCustomizer> customizers,
            TraceContext.Source traces,
            ObjectProvider<DataSource> dataSources) {
        String source = properties.source() == null
                ? defaultSource(environment.getProperty("spring.application.name", ""))
                : properties.source();
        DataSize maxPayloadSize = properties.payload().maxSize();
        EnvelopeFactory envelopes = new EnvelopeFactory(
                customizers.orderedStream().toList(), source, maxPayloadSize, traces, Clock.systemUTC());
        MigrationCredentials migrations = MigrationCredentials.of(environment, dataSources);
        return new ChangeFlow(envelopes, new OutboxPreparation(properties.schema(), migrations), properties.capture());
    }

    @Bean
    PersistenceUnits outboxPersistenceUnits(ChangeFlow flow, ObjectProvider<EntityManagerFactory> factories) {
        return new PersistenceUnits(flow, factories);
    }

    @Bean
    FullStateEvents outboxFullStateEvents(PersistenceUnits units) {
        return new TransactionalFullStateEvents(units);
    }

    /** Returns a URI with the application's name, which may have characters that a URI must not have. */
    static String defaultSource(String name) {
        try {
            return new URI("urn", "service:" + (name.isBlank() ? "application" : name), null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(
                    "The application's name '" + name + "' cannot be part of a URI; set outbox.source", e);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Modifying.class)
    static class RepositoriesConfiguration {

        @Bean
        @Lazy(false)
        ModifyingQueryReport outboxModifyingQueryReport(
                ListableBeanFactory beans, PersistenceUnits units, OutboxProperties properties) {
            return new ModifyingQueryReport(beans, units, properties.capture().bulkOperations());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Tracer.class)
    static class TracingConfiguration {

        @Bean
        @ConditionalOnMissingBean
        TraceContext.Source outboxTraceContext(ObjectProvider<Tracer> tracer) {
            return new MicrometerTraceContext(tracer);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("io.micrometer.tracing.Tracer")
    static class NoTracingConfiguration {

        @Bean
        @ConditionalOnMissingBean
        TraceContext.Source outboxTraceContext() {
            return () -> TraceContext.NONE;
        }
    }
}
