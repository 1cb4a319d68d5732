package dev.fullstate.outbox.autoconfigure;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.store.Outbox;

/** Republishes what is captured, in applications with one persistence unit. */
@AutoConfiguration(
        after = OutboxAutoConfiguration.class,
        afterName = "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration")
@ConditionalOnBean({PersistenceUnits.class, DataSource.class})
@ConditionalOnSingleCandidate(EntityManagerFactory.class)
public final class RepublishAutoConfiguration {

    @Bean
    Republisher outboxRepublisher(
            EntityManagerFactory entityManagerFactory,
            ObjectProvider<DataSource> dataSources,
            ObjectProvider<PlatformTransactionManager> transactionManagers,
            PersistenceUnits units,
            OutboxProperties properties) {
        PersistenceUnits.PersistenceUnit unit = units.of(entityManagerFactory);
        Outbox outbox = unit.outbox();
        return new Republisher(
                entityManagerFactory,
                // Where nothing is captured it is never used, so any will do.
                outbox == null
                        ? new Outbox(
                                dataSources.stream().findFirst().orElseThrow(),
                                properties.schema().names())
                        : outbox,
                transactionManager(transactionManagers, entityManagerFactory),
                unit.aggregates(),
                unit.envelope(),
                options(properties.republish(), properties.retention()));
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

    /** The one of the persistence unit, among those of other data sources and of Kafka. */
    private static PlatformTransactionManager transactionManager(
            ObjectProvider<PlatformTransactionManager> transactionManagers, EntityManagerFactory entityManagerFactory) {
        return transactionManagers.stream()
                .filter(manager -> manager instanceof JpaTransactionManager jpa
                        && entityManagerFactory.equals(jpa.getEntityManagerFactory()))
                .findFirst()
                .orElseGet(transactionManagers::getObject);
    }
}
