package dev.fullstate.outbox.autoconfigure;

import javax.sql.DataSource;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.monitor.OutboxEndpoint;
import dev.fullstate.outbox.monitor.OutboxMeters;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.store.Retention;

/** Looks after the outbox table, in applications with one {@code DataSource}, and shows its state where there is Actuator. */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnBean(PersistenceUnits.class)
@ConditionalOnSingleCandidate(DataSource.class)
public final class RetentionAutoConfiguration {

    @Bean
    Retention outboxRetention(DataSource dataSource, PersistenceUnits units, OutboxProperties properties) {
        OutboxProperties.Retention retention = properties.retention();
        return new Retention(
                new Outbox(dataSource, properties.schema().names()),
                new Retention.Options(retention.enabled(), retention.period(), retention.checkInterval()),
                units::isCapturing);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class EndpointConfiguration {

        @Bean
        @ConditionalOnAvailableEndpoint
        @ConditionalOnMissingBean
        OutboxEndpoint outboxEndpoint(Retention retention) {
            return new OutboxEndpoint(retention);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class MetersConfiguration {

        @Bean
        @ConditionalOnMissingBean
        OutboxMeters outboxMeters(Retention retention) {
            return new OutboxMeters(retention);
        }
    }
}
