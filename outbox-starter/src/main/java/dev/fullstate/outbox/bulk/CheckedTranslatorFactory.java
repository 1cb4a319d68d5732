package dev.fullstate.outbox.bulk;

import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.spi.QueryParameterBindings;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.sql.SqmTranslator;
import org.hibernate.query.sqm.sql.SqmTranslatorFactory;
import org.hibernate.query.sqm.sql.StandardSqmTranslatorFactory;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.sql.ast.spi.SqlAstCreationContext;
import org.hibernate.sql.ast.tree.MutationStatement;
import org.hibernate.sql.ast.tree.select.SelectStatement;

/**
 * Checks the statements whose target is one table, and otherwise translates them as Hibernate does. Public because Hibernate
 * creates it by its name.
 */
public final class CheckedTranslatorFactory implements SqmTranslatorFactory {

    private final SqmTranslatorFactory standard = new StandardSqmTranslatorFactory();

    @Override
    public SqmTranslator<SelectStatement> createSelectTranslator(
            SqmSelectStatement<?> statement,
            QueryOptions options,
            DomainParameterXref parameters,
            QueryParameterBindings bindings,
            LoadQueryInfluencers influencers,
            SqlAstCreationContext context,
            boolean deduplicateSelectionItems) {
        return delegate(context)
                .createSelectTranslator(
                        statement, options, parameters, bindings, influencers, context, deduplicateSelectionItems);
    }

    @Override
    public SqmTranslator<? extends MutationStatement> createMutationTranslator(
            SqmDmlStatement<?> statement,
            QueryOptions options,
            DomainParameterXref parameters,
            QueryParameterBindings bindings,
            LoadQueryInfluencers influencers,
            SqlAstCreationContext context) {
        BulkOperations.check(statement, options, context.getMappingMetamodel());
        return delegate(context)
                .createMutationTranslator(statement, options, parameters, bindings, influencers, context);
    }

    /** Returns the factory that Hibernate uses without the setting: the dialect's own, or the standard one. */
    private SqmTranslatorFactory delegate(SqlAstCreationContext context) {
        SqmTranslatorFactory ofDialect = context.getDialect().getSqmTranslatorFactory();
        return ofDialect == null ? standard : ofDialect;
    }
}
