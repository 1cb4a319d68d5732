package dev.fullstate.outbox.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

import dev.fullstate.outbox.republish.Republisher;

/** Republishes what is captured, by jobs in each database that has an outbox. */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnBean(PersistenceUnits.class)
public final class RepublishAutoConfiguration {

    /** Not lazy in any application: jobs that other instances have left wait for it. */
    @Bean
    @Lazy(false)
    Republisher outboxRepublisher(PersistenceUnits units, OutboxProperties properties) {
        return new Republisher(units.databases(), options(properties.republish(), properties.retention()));
    }

    private static Republisher.Options options(
            OutboxProperties.Republish republish, OutboxProperties.Retention retention) {
        return new Republisher.Options(
                republish.chunkSize(),
                republish.lockTimeout(),
                republish.pollInterval(),
                republish.idleTimeout(),
                republish.parallelism(),
                republish.maxLag(),
                republish.keepJobs(),
                retention.enabled() ? retention.period() : null);
    }
}
