package dev.fullstate.outbox.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

import dev.fullstate.outbox.jobs.JobOptions;
import dev.fullstate.outbox.republish.Republisher;

/** Republishes captured aggregates, by jobs in each database that has an outbox. */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnBean(PersistenceUnits.class)
public final class RepublishAutoConfiguration {

    /** Not lazy in any application: jobs that other instances have left wait for it. */
    @Bean
    @Lazy(false)
    Republisher outboxRepublisher(PersistenceUnits units, OutboxProperties properties) {
        OutboxProperties.Retention retention = properties.retention();
        return new Republisher(
                units.databases(), options(properties.republish()), retention.enabled() ? retention.period() : null);
    }

    private static JobOptions options(OutboxProperties.Republish republish) {
        return new JobOptions(
                "outbox.republish",
                republish.chunkSize(),
                republish.lockTimeout(),
                republish.pollInterval(),
                republish.idleTimeout(),
                republish.parallelism(),
                republish.maxLag(),
                republish.keepJobs());
    }
}
