package dev.fullstate.outbox.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import dev.fullstate.outbox.monitor.OutboxEndpoint;
import dev.fullstate.outbox.monitor.OutboxMeters;
import dev.fullstate.outbox.republish.CapturedDatabase;
import dev.fullstate.outbox.retention.Outboxes;
import dev.fullstate.outbox.retention.Retention;

/** Starts the retention of each database's outbox, and shows the outbox's state if the application has Actuator. */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnBean(PersistenceUnits.class)
public final class RetentionAutoConfiguration {

    /** Creates the retentions, even in an application with lazy initialization: the outbox grows from the first write on. */
    @Bean
    @Lazy(false)
    Outboxes outboxRetention(PersistenceUnits units, OutboxProperties properties) {
        OutboxProperties.Retention retention = properties.retention();
        Retention.Options options =
                new Retention.Options(retention.enabled(), retention.period(), retention.checkInterval());
        Map<String, Retention> retentions = new LinkedHashMap<>();
        for (CapturedDatabase captured : units.databases()) {
            retentions.put(captured.name(), new Retention(captured.database(), options));
        }
        return new Outboxes(retentions);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class EndpointConfiguration {

        @Bean
        @ConditionalOnAvailableEndpoint
        @ConditionalOnMissingBean
        OutboxEndpoint outboxEndpoint(Outboxes outboxes) {
            return new OutboxEndpoint(outboxes);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class MetersConfiguration {

        @Bean
        @ConditionalOnMissingBean
        OutboxMeters outboxMeters(Outboxes outboxes) {
            return new OutboxMeters(outboxes);
        }
    }
}
