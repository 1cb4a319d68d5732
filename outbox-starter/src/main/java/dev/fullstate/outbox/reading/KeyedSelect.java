package dev.fullstate.outbox.reading;

import java.lang.reflect.Array;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.hibernate.LockOptions;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.loader.ast.internal.LoaderSelectBuilder;
import org.hibernate.loader.ast.internal.MultiKeyLoadHelper;
import org.hibernate.loader.ast.spi.Loadable;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.ValuedModelPart;
import org.hibernate.metamodel.mapping.internal.SqlTypedMappingImpl;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.hibernate.sql.ast.spi.SqlAliasBaseManager;
import org.hibernate.sql.ast.tree.expression.JdbcParameter;
import org.hibernate.sql.ast.tree.select.SelectStatement;
import org.hibernate.sql.exec.internal.BaseExecutionContext;
import org.hibernate.sql.exec.internal.JdbcParameterBindingImpl;
import org.hibernate.sql.exec.internal.JdbcParameterBindingsImpl;
import org.hibernate.sql.exec.internal.SqlTypedMappingJdbcParameter;
import org.hibernate.sql.exec.spi.ExecutionContext;
import org.hibernate.sql.exec.spi.JdbcParameterBinder;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;
import org.hibernate.sql.exec.spi.JdbcParametersList;
import org.hibernate.sql.exec.spi.JdbcSelect;
import org.hibernate.sql.results.internal.RowTransformerStandardImpl;
import org.hibernate.sql.results.spi.ListResultsConsumer;
import org.hibernate.sql.results.spi.ListResultsConsumer.UniqueSemantic;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.session.RoundTrip;

/**
 * A query for entities by id, or for the elements of a collection by the key of its owner. It is translated once and then used
 * for any number of keys (docs/adr/0019); Hibernate translates its own loaders for many keys again in each session. Thread-safe.
 */
abstract sealed class KeyedSelect permits EntitySelect, ElementSelect {

    private static final int KEYS_PER_STATEMENT = 1_000;

    /**
     * The numbers of parameters of statements whose keys are not sent as an array. A statement repeats its last key to fill them.
     */
    private static final int[] SIZES = {1, 4, 16, 64, 256, KEYS_PER_STATEMENT};

    /** Types whose arrays mean to driver and server the same as their single values. */
    private static final Map<Class<?>, Integer> IN_ARRAYS = Map.of(
            Long.class, SqlTypes.BIGINT,
            Integer.class, SqlTypes.INTEGER,
            Short.class, SqlTypes.SMALLINT,
            String.class, SqlTypes.VARCHAR,
            UUID.class, SqlTypes.UUID);

    @SuppressWarnings("removal") // Hibernate's own loaders pass it.
    private static final LockOptions NO_LOCK = new LockOptions();

    private final Loadable loadable;
    private final ValuedModelPart key;
    private final StateFetching fetching;
    private final @Nullable ArrayKey array;

    /** Translations by their number of parameters; only grows, to one for each of {@link #SIZES}. */
    private final Map<Integer, Statement> bySize = new ConcurrentHashMap<>();

    /** A translated query. */
    private record Statement(JdbcSelect select, JdbcParametersList parameters) {}

    /** A translated query with one parameter for all keys. */
    private record ArrayKey(Class<?> element, JdbcMapping type, JdbcParameter parameter, JdbcSelect select) {}

    /**
     * Prepares the query.
     *
     * @param key as entities or collections have it
     * @param column the same, as their tables have it
     */
    KeyedSelect(Loadable loadable, ValuedModelPart key, ValuedModelPart column, StateFetching fetching) {
        this.loadable = loadable;
        this.key = key;
        this.fetching = fetching;
        this.array = arrayKey(column);
    }

    /**
     * Asks for what has these keys; the session's persistence context has it once the trip is sent.
     *
     * @param session whose trip it is
     */
    final void ask(RoundTrip trip, List<Object> keys, SharedSessionContractImplementor session) {
        for (int from = 0; from < keys.size(); from += KEYS_PER_STATEMENT) {
            askSome(trip, keys.subList(from, Math.min(keys.size(), from + KEYS_PER_STATEMENT)), session);
        }
    }

    private void askSome(RoundTrip trip, List<Object> keys, SharedSessionContractImplementor session) {
        if (array != null && keys.size() > 1) {
            Object[] values = keys.toArray((Object[]) Array.newInstance(array.element, 0));
            JdbcParameterBindings bindings = new JdbcParameterBindingsImpl(1);
            bindings.addBinding(array.parameter, new JdbcParameterBindingImpl(array.type, values));
            ask(trip, array.select, bindings, keys, session);
            return;
        }
        int size = sizeFor(keys.size());
        Statement statement = bySize.computeIfAbsent(size, this::statement);
        JdbcParameterBindings bindings = new JdbcParameterBindingsImpl(statement.parameters.size());
        int bound = 0;
        for (int i = 0; i < size; i++) {
            Object value = keys.get(Math.min(i, keys.size() - 1));
            bound += bindings.registerParametersForEachJdbcValue(value, bound, key, statement.parameters, session);
        }
        ask(trip, statement.select, bindings, keys, session);
    }

    private void ask(
            RoundTrip trip,
            JdbcSelect select,
            JdbcParameterBindings bindings,
            List<Object> keys,
            SharedSessionContractImplementor session) {
        ExecutionContext context = new BaseExecutionContext(session);
        trip.add(
                sql(select, session),
                (statement, index) -> {
                    int next = index;
                    for (JdbcParameterBinder binder : select.getParameterBinders()) {
                        binder.bindParameterValue(statement, next++, bindings, context);
                    }
                    return next;
                },
                rows -> read(
                        keys,
                        session,
                        () -> session.getJdbcServices()
                                .getJdbcSelectExecutor()
                                .executeQuery(
                                        select,
                                        bindings,
                                        context,
                                        RowTransformerStandardImpl.instance(),
                                        Object.class,
                                        keys.size(),
                                        (executed, sql) -> AnsweredStatement.with(rows),
                                        ListResultsConsumer.instance(UniqueSemantic.FILTER))));
    }

    /** Returns the statement as Hibernate would send it: logged, and changed by the application's inspector. */
    private static String sql(JdbcSelect select, SharedSessionContractImplementor session) {
        StatementInspector inspector = session.getJdbcSessionContext().getStatementInspector();
        String inspected = inspector == null ? null : inspector.inspect(select.getSqlString());
        String sql = inspected == null ? select.getSqlString() : inspected;
        session.getJdbcServices().getSqlStatementLogger().logStatement(sql);
        return sql;
    }

    /**
     * Takes the answer to a query.
     *
     * @param keys that were asked for
     * @param load has Hibernate load what the rows have; not to be called where that would be wrong by now
     */
    abstract void read(List<Object> keys, SharedSessionContractImplementor session, Runnable load);

    private static int sizeFor(int keyCount) {
        int i = 0;
        while (SIZES[i] < keyCount) {
            i++;
        }
        return SIZES[i];
    }

    private Statement statement(int size) {
        JdbcParametersList.Builder parameters = JdbcParametersList.newBuilder();
        SqlAliasBaseManager aliases = new SqlAliasBaseManager();
        // By a unique key, Hibernate reads the id as the database has it, instead of taking the parameter for it.
        SelectStatement select = size == 1
                ? LoaderSelectBuilder.createSelectByUniqueKey(
                        loadable, null, key, null, fetching.influencers(), NO_LOCK, parameters::add, aliases, fetching)
                : LoaderSelectBuilder.createSelect(
                        loadable,
                        null,
                        key,
                        null,
                        size,
                        fetching.influencers(),
                        NO_LOCK,
                        parameters::add,
                        aliases,
                        fetching);
        return new Statement(translate(select, aliases), parameters.build());
    }

    private @Nullable ArrayKey arrayKey(ValuedModelPart column) {
        if (column.getJdbcTypeCount() != 1) {
            return null;
        }
        SelectableMapping selectable = column.getSelectable(0);
        JdbcMapping mapping = selectable.getJdbcMapping();
        Class<?> element = mapping.getJdbcJavaType().getJavaTypeClass();
        Integer sqlType = IN_ARRAYS.get(element);
        if (sqlType == null
                || sqlType != mapping.getJdbcType().getDefaultSqlTypeCode()
                || mapping.getValueConverter() != null) {
            return null;
        }
        JdbcMapping type = MultiKeyLoadHelper.resolveArrayJdbcMapping(mapping, element, fetching);
        JdbcParameter parameter = new SqlTypedMappingJdbcParameter(new SqlTypedMappingImpl(
                selectable.getLength(),
                selectable.getArrayLength(),
                selectable.getPrecision(),
                selectable.getScale(),
                selectable.getTemporalPrecision(),
                type));
        SqlAliasBaseManager aliases = new SqlAliasBaseManager();
        SelectStatement select = LoaderSelectBuilder.createSelectBySingleArrayParameter(
                loadable, column, fetching.influencers(), NO_LOCK, parameter, aliases, fetching);
        return new ArrayKey(element, type, parameter, translate(select, aliases));
    }

    private JdbcSelect translate(SelectStatement select, SqlAliasBaseManager aliases) {
        if (loadable instanceof PluralAttributeMapping collection) {
            var query = select.getQueryPart().getFirstQuerySpec();
            collection.applyAuxiliaryRestrictions(
                    query.getFromClause().getRoots().get(0), query::applyPredicate, fetching.influencers(), aliases);
        }
        return fetching.getJdbcServices()
                .getJdbcEnvironment()
                .getSqlAstTranslatorFactory()
                .buildSelectTranslator(fetching, select)
                .translate(JdbcParameterBindings.NO_BINDINGS, QueryOptions.NONE);
    }
}
