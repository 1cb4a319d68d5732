package dev.fullstate.outbox.reading;

import java.util.Set;

import org.hibernate.engine.profile.FetchProfile;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.engine.spi.SessionFactoryDelegatingImpl;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.model.domain.JpaMetamodel;
import org.hibernate.metamodel.spi.MappingMetamodelImplementor;
import org.hibernate.query.sql.spi.SqlTranslationEngine;
import org.hibernate.type.spi.TypeConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * A session factory as the translation of our queries should see it: with our fetch plan as its only profile, without filters,
 * and without the application's limit of joins ({@code hibernate.max_fetch_depth}), which would only mean more queries
 * (docs/adr/0019).
 */
final class StateFetching extends SessionFactoryDelegatingImpl {

    private static final long serialVersionUID = 1L;

    private final transient SqlTranslationEngine engine;
    private final transient LoadQueryInfluencers influencers;

    StateFetching(SessionFactoryImplementor sessionFactory, FetchPlan plan) {
        super(sessionFactory);
        this.engine = new Engine(sessionFactory.getSqlTranslationEngine(), plan);
        this.influencers = new LoadQueryInfluencers(this);
        this.influencers.enableFetchProfile(FetchPlan.NAME);
    }

    LoadQueryInfluencers influencers() {
        return influencers;
    }

    @Override
    public SqlTranslationEngine getSqlTranslationEngine() {
        return engine;
    }

    @Override
    public boolean containsFetchProfileDefinition(String name) {
        return engine.containsFetchProfileDefinition(name);
    }

    private record Engine(SqlTranslationEngine original, FetchPlan plan) implements SqlTranslationEngine {

        @Override
        public boolean containsFetchProfileDefinition(String name) {
            return name.equals(plan.getName());
        }

        @Override
        public Set<String> getDefinedFetchProfileNames() {
            return Set.of(plan.getName());
        }

        @Override
        public FetchProfile getFetchProfile(String name) {
            return plan;
        }

        @Override
        @SuppressWarnings("NullAway") // The interface's contract: null for no limit.
        public @Nullable Integer getMaximumFetchDepth() {
            return null;
        }

        @Override
        @SuppressWarnings("deprecation") // Of the interface.
        public SessionFactoryImplementor getSessionFactory() {
            return original.getSessionFactory();
        }

        @Override
        public MappingMetamodelImplementor getMappingMetamodel() {
            return original.getMappingMetamodel();
        }

        @Override
        public JpaMetamodel getJpaMetamodel() {
            return original.getJpaMetamodel();
        }

        @Override
        public TypeConfiguration getTypeConfiguration() {
            return original.getTypeConfiguration();
        }

        @Override
        public boolean isJpaQueryComplianceEnabled() {
            return original.isJpaQueryComplianceEnabled();
        }
    }
}
