package dev.fullstate.outbox.autoconfigure;

import javax.sql.DataSource;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.transaction.jta.platform.spi.JtaPlatform;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.jta.JtaTransactionManager;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.schema.OutboxSchemaException;

/** Answers questions about the databases of persistence units. */
final class Databases {

    private Databases() {}

    /**
     * Asks the database itself, because a dialect may have been set by hand.
     *
     * @throws OutboxSchemaException if the database does not answer
     */
    static boolean isPostgresql(DataSource dataSource) {
        try {
            return JdbcUtils.extractDatabaseMetaData(
                    dataSource, metaData -> "PostgreSQL".equals(metaData.getDatabaseProductName()));
        } catch (MetaDataAccessException e) {
            throw OutboxSchemaException.of("A database with captured entities does not answer", OutboxNames.DEFAULT, e);
        }
    }

    /**
     * Returns the manager of the transactions that a session factory's connections take part in; null if these are the
     * connections' own (docs/adr/0023).
     */
    static @Nullable PlatformTransactionManager jta(SessionFactoryImplementor sessionFactory) {
        ServiceRegistryImplementor services = sessionFactory.getServiceRegistry();
        if (!services.requireService(TransactionCoordinatorBuilder.class).isJta()) {
            return null;
        }
        JtaTransactionManager transactions = new JtaTransactionManager(
                services.requireService(JtaPlatform.class).retrieveTransactionManager());
        transactions.setAutodetectUserTransaction(false);
        transactions.afterPropertiesSet();
        return transactions;
    }
}
