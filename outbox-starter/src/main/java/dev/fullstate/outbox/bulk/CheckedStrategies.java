package dev.fullstate.outbox.bulk;

import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.internal.MappingModelCreationProcess;
import org.hibernate.query.spi.DomainQueryExecutionContext;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.mutation.internal.SqmMultiTableMutationStrategyProviderStandard;
import org.hibernate.query.sqm.mutation.spi.MultiTableHandlerBuildResult;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableInsertStrategy;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategy;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategyProvider;
import org.hibernate.query.sqm.tree.SqmDeleteOrUpdateStatement;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertStatement;
import org.jspecify.annotations.Nullable;

/**
 * Checks the statements whose target is several tables, and otherwise handles them as Hibernate does: with the strategies that
 * the settings name, or else the dialect's.
 */
final class CheckedStrategies implements SqmMultiTableMutationStrategyProvider {

    private static final long serialVersionUID = 1L;

    private final transient SqmMultiTableMutationStrategyProvider standard =
            new SqmMultiTableMutationStrategyProviderStandard();

    @Override
    public @Nullable SqmMultiTableMutationStrategy createMutationStrategy(
            EntityMappingType root, MappingModelCreationProcess creation) {
        SqmMultiTableMutationStrategy strategy = standard.createMutationStrategy(root, creation);
        return strategy == null ? null : new CheckedMutation(strategy);
    }

    @Override
    public @Nullable SqmMultiTableInsertStrategy createInsertStrategy(
            EntityMappingType root, MappingModelCreationProcess creation) {
        SqmMultiTableInsertStrategy strategy = standard.createInsertStrategy(root, creation);
        return strategy == null ? null : new CheckedInsert(strategy);
    }

    private static void check(SqmDmlStatement<?> statement, DomainQueryExecutionContext context) {
        BulkOperations.check(
                statement,
                context.getQueryOptions(),
                context.getSession().getFactory().getMappingMetamodel());
    }

    private record CheckedMutation(SqmMultiTableMutationStrategy strategy) implements SqmMultiTableMutationStrategy {

        @Override
        public MultiTableHandlerBuildResult buildHandler(
                SqmDeleteOrUpdateStatement<?> statement,
                DomainParameterXref parameters,
                DomainQueryExecutionContext context) {
            check(statement, context);
            return strategy.buildHandler(statement, parameters, context);
        }

        @Override
        public void prepare(MappingModelCreationProcess creation, JdbcConnectionAccess connections) {
            strategy.prepare(creation, connections);
        }

        @Override
        public void prepare(MappingModelCreationProcess creation) {
            strategy.prepare(creation);
        }

        @Override
        public void release(SessionFactoryImplementor sessionFactory, JdbcConnectionAccess connections) {
            strategy.release(sessionFactory, connections);
        }
    }

    private record CheckedInsert(SqmMultiTableInsertStrategy strategy) implements SqmMultiTableInsertStrategy {

        @Override
        public MultiTableHandlerBuildResult buildHandler(
                SqmInsertStatement<?> statement, DomainParameterXref parameters, DomainQueryExecutionContext context) {
            check(statement, context);
            return strategy.buildHandler(statement, parameters, context);
        }

        @Override
        public void prepare(MappingModelCreationProcess creation, JdbcConnectionAccess connections) {
            strategy.prepare(creation, connections);
        }

        @Override
        public void prepare(MappingModelCreationProcess creation) {
            strategy.prepare(creation);
        }

        @Override
        public void release(SessionFactoryImplementor sessionFactory, JdbcConnectionAccess connections) {
            strategy.release(sessionFactory, connections);
        }
    }
}
