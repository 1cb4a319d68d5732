package dev.fullstate.outbox.bulk;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.MappingMetamodel;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.spi.AbstractSelectionQuery;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategyProvider;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.delete.SqmDeleteStatement;
import org.hibernate.query.sqm.tree.update.SqmUpdateStatement;
import org.hibernate.service.Service;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.Aggregates.Write;

/**
 * Decides about bulk statements on captured aggregates. Such statements change rows without Hibernate's events, so nothing is
 * captured (docs/adr/0010).
 *
 * <p>Hibernate asks when it translates a statement to SQL: when the statement is first executed, and before anything is sent. It
 * asks about a refused statement again each time, because it never keeps the translation.
 */
public final class BulkOperations implements Service {

    private static final long serialVersionUID = 1L;

    private static final Logger log = LoggerFactory.getLogger(BulkOperations.class);

    /** The treatment of bulk statements on captured aggregates. */
    public enum Policy {
        /** The statement fails, and with it its transaction. */
        FAIL,
        /** The statement runs, and a warning is logged when it is translated. */
        WARN,
        /** The statement runs. */
        ALLOW
    }

    private record Watch(Aggregates aggregates, Policy policy) {}

    /**
     * One entry per session factory with captured aggregates; none is removed. Session factories may share a registry, and with
     * it this service.
     */
    private final transient Map<SessionFactoryImplementor, Watch> watched = new ConcurrentHashMap<>();

    BulkOperations() {}

    /** Applies the policy to all later bulk statements of this session factory on any of these aggregates. */
    public static void watch(SessionFactoryImplementor sessionFactory, Aggregates aggregates, Policy policy) {
        ServiceRegistryImplementor services = sessionFactory.getServiceRegistry();
        boolean contributed = services.locateServiceBinding(BulkOperations.class) != null;
        if (contributed) {
            services.requireService(BulkOperations.class).watched.put(sessionFactory, new Watch(aggregates, policy));
        }
        if (policy != Policy.ALLOW && aggregates.areShared()) {
            OtherWriters.watch(sessionFactory, aggregates, policy);
        }
        if (policy != Policy.ALLOW && !(contributed && isAsked(sessionFactory))) {
            log.warn(
                    "Some or all bulk statements on {} are not checked, because Hibernate does not use {} and {}."
                            + " Remove the setting hibernate.query.sqm.translator, or the service contributor, that"
                            + " replaces them",
                    aggregates.all(),
                    CheckedTranslatorFactory.class.getName(),
                    CheckedStrategies.class.getName());
        }
    }

    private static boolean isAsked(SessionFactoryImplementor sessionFactory) {
        return sessionFactory.getQueryEngine().getSqmTranslatorFactory() instanceof CheckedTranslatorFactory
                && sessionFactory.getServiceRegistry().requireService(SqmMultiTableMutationStrategyProvider.class)
                        instanceof CheckedStrategies;
    }

    /**
     * Checks a statement that is about to be translated.
     *
     * @throws OutboxException if it must not be run
     */
    static void check(SqmDmlStatement<?> statement, QueryOptions options, MappingMetamodel metamodel) {
        EntityPersister target =
                metamodel.getEntityDescriptor(statement.getTarget().getEntityName());
        target.getFactory()
                .getServiceRegistry()
                .requireService(BulkOperations.class)
                .check(statement, options, target);
    }

    private void check(SqmDmlStatement<?> statement, QueryOptions options, EntityPersister target) {
        Watch watch = watched.get(target.getFactory());
        if (watch == null || watch.policy() == Policy.ALLOW) {
            return;
        }
        Set<Aggregate> reached = watch.aggregates().changedPast(target, write(statement));
        if (reached.isEmpty()) {
            return;
        }
        String found = "A bulk " + write(statement).name().toLowerCase(Locale.ROOT) + " of " + target.getEntityName()
                + " bypasses capture: it changes aggregates of " + reached + " without an event";
        if (watch.policy() == Policy.FAIL) {
            throw new OutboxException(found + ", so it is refused" + text(options)
                    + ". Load the entities and change them. Or set outbox.capture.bulk-operations=allow and, in the same"
                    + " transaction, name the changed aggregates with FullStateEvents.markChanged");
        }
        log.warn(
                "{}{}. Name the changed aggregates with FullStateEvents.markChanged in the same transaction",
                found,
                text(options));
    }

    private static Write write(SqmDmlStatement<?> statement) {
        if (statement instanceof SqmUpdateStatement<?>) {
            return Write.UPDATE;
        }
        return statement instanceof SqmDeleteStatement<?> ? Write.DELETE : Write.INSERT;
    }

    /**
     * Returns the statement's HQL, which is Hibernate's comment of a query; empty for a criteria query, which has no HQL of its
     * own.
     */
    private static String text(QueryOptions options) {
        String comment = options.getComment();
        return comment == null || comment.equals(AbstractSelectionQuery.CRITERIA_HQL_STRING)
                ? ""
                : ": [" + comment + "]";
    }
}
