package dev.fullstate.outbox.commit;

import java.util.Map;

import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.resource.transaction.backend.jdbc.internal.JdbcResourceLocalTransactionCoordinatorBuilderImpl;
import org.hibernate.resource.transaction.internal.TransactionCoordinatorBuilderInitiator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.service.spi.ServiceContributor;
import org.hibernate.service.spi.ServiceRegistryImplementor;

/**
 * Gives each session factory coordinators whose commits can have a last statement, where Hibernate commits by itself. Hibernate finds this
 * class through the {@link java.util.ServiceLoader}. Without a last statement, nothing changes.
 */
public final class CommitContributor implements ServiceContributor {

    @Override
    public void contribute(StandardServiceRegistryBuilder builder) {
        builder.addInitiator(new Initiator());
    }

    /** Leaves JTA's coordinators, and those that an application has made, as they are. */
    private static final class Initiator implements StandardServiceInitiator<TransactionCoordinatorBuilder> {

        @Override
        public TransactionCoordinatorBuilder initiateService(
                Map<String, Object> settings, ServiceRegistryImplementor registry) {
            TransactionCoordinatorBuilder chosen =
                    TransactionCoordinatorBuilderInitiator.INSTANCE.initiateService(settings, registry);
            return chosen instanceof JdbcResourceLocalTransactionCoordinatorBuilderImpl
                    ? new CommittingCoordinator.Builder(chosen)
                    : chosen;
        }

        @Override
        public Class<TransactionCoordinatorBuilder> getServiceInitiated() {
            return TransactionCoordinatorBuilder.class;
        }
    }
}
