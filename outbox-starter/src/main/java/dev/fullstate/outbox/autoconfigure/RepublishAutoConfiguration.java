package dev.fullstate.outbox.autoconfigure;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;

import dev.fullstate.outbox.republish.Republisher;

/** Republishes what is captured, in applications with one persistence unit. */
@AutoConfiguration(
        after = OutboxAutoConfiguration.class,
        afterName = "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration")
@ConditionalOnBean(PersistenceUnits.class)
@ConditionalOnSingleCandidate(EntityManagerFactory.class)
public final class RepublishAutoConfiguration {

    @Bean
    Republisher outboxRepublisher(
            EntityManagerFactory entityManagerFactory,
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            PersistenceUnits units,
            OutboxProperties properties) {
        PersistenceUnits.PersistenceUnit unit = units.of(entityManagerFactory);
        OutboxProperties.Republish republish = properties.republish();
        return new Republisher(
                entityManagerFactory,
                dataSource,
                transactionManager,
                unit.aggregates(),
                unit.envelope(),
                new Republisher.Options(republish.chunkSize(), republish.lockTimeout(), republish.pollInterval()));
    }
}
