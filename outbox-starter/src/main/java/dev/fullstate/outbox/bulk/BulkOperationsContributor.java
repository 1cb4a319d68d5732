package dev.fullstate.outbox.bulk;

import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.QuerySettings;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategyProvider;
import org.hibernate.service.spi.ServiceContributor;

/**
 * Makes Hibernate ask {@link BulkOperations} about the statements of each session factory, however the application builds it.
 * Hibernate finds this class through the {@link java.util.ServiceLoader}. Until a session factory is watched, nothing changes.
 */
public final class BulkOperationsContributor implements ServiceContributor {

    @Override
    public void contribute(StandardServiceRegistryBuilder builder) {
        builder.addService(BulkOperations.class, new BulkOperations());
        builder.addService(SqmMultiTableMutationStrategyProvider.class, new CheckedStrategies());
        // A translator that the application has chosen stays; a warning at start-up names the unchecked statements.
        builder.getSettings()
                .putIfAbsent(QuerySettings.SEMANTIC_QUERY_TRANSLATOR, CheckedTranslatorFactory.class.getName());
    }
}
