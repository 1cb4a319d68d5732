package dev.fullstate.outbox.bulk;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.model.domain.EntityDomainType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.named.NamedObjectRepository;
import org.hibernate.query.sqm.spi.NamedSqmQueryMemento;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.core.support.AbstractRepositoryMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.Aggregates.Write;
import dev.fullstate.outbox.bulk.BulkOperations.Policy;

/** Finds modifying queries of Spring Data JPA repositories that bypass capture, from their declarations alone. */
public final class ModifyingQueries {

    /** Spring Data's expression for the entity of a repository. */
    private static final String DOMAIN_ENTITY = "#{#entityName}";

    /** A modifying statement up to the name of its target. */
    private static final Pattern TARGET = Pattern.compile(
            "\\s*(update|delete|insert)\\s+(?:versioned\\s+)?(?:from\\s+|into\\s+)?([\\w.$]+|\\Q" + DOMAIN_ENTITY
                    + "\\E).*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final SessionFactoryImplementor sessionFactory;
    private final Aggregates aggregates;
    private final Policy policy;

    /**
     * A declared query.
     *
     * @param text null if it is not known
     */
    private record Declared(@Nullable String text, boolean isNative) {}

    /** Searches for queries on these aggregates. */
    public ModifyingQueries(SessionFactoryImplementor sessionFactory, Aggregates aggregates, Policy policy) {
        this.sessionFactory = sessionFactory;
        this.aggregates = aggregates;
        this.policy = policy;
    }

    /** Returns a sentence for each modifying query of a repository that changes captured aggregates, or may do so. */
    public List<String> of(Class<?> repository) {
        List<String> findings = new ArrayList<>();
        for (Method method : repository.getMethods()) {
            if (!method.isBridge() && AnnotatedElementUtils.hasAnnotation(method, Modifying.class)) {
                String finding = finding(repository, method);
                if (finding != null) {
                    findings.add(finding);
                }
            }
        }
        return findings;
    }

    private @Nullable String finding(Class<?> repository, Method method) {
        Class<?> domain = AbstractRepositoryMetadata.getMetadata(repository).getDomainType();
        Declared query = declared(method, domain);
        if (query == null) {
            return null;
        }
        String name = ClassUtils.getShortName(repository) + "." + method.getName();
        Matcher statement = TARGET.matcher(query.text() == null ? "" : query.text());
        EntityPersister target = query.isNative() || !statement.matches() ? null : entity(statement.group(2), domain);
        if (target == null) {
            return uncheckable(name, query, domain);
        }
        Write write = Write.valueOf(statement.group(1).toUpperCase(Locale.ROOT));
        Set<Aggregate> reached = aggregates.changedPast(target, write);
        return reached.isEmpty()
                ? null
                : "%s is a bulk %s of %s, which bypasses the capture of %s. %s"
                        .formatted(
                                name,
                                statement.group(1).toLowerCase(Locale.ROOT),
                                target.getEntityName(),
                                reached,
                                consequence());
    }

    private String consequence() {
        return switch (policy) {
            case FAIL -> "It fails when it is called (outbox.capture.bulk-operations=fail)";
            case WARN ->
                "When it is called there is a warning, but no event unless FullStateEvents.markChanged names the"
                        + " changed aggregates (outbox.capture.bulk-operations=warn)";
            case ALLOW ->
                "When it is called there is no event unless FullStateEvents.markChanged names the changed"
                        + " aggregates (outbox.capture.bulk-operations=allow)";
        };
    }

    private @Nullable String uncheckable(String name, Declared query, Class<?> domain) {
        EntityPersister entity = sessionFactory.getMappingMetamodel().findEntityDescriptor(domain);
        Set<Aggregate> reached = entity == null ? Set.of() : aggregates.reachedFrom(entity);
        return reached.isEmpty()
                ? null
                : "%s %s and cannot be checked. If it changes aggregates of %s, there is no event unless FullStateEvents.markChanged names them"
                        .formatted(name, query.isNative() ? "is native SQL" : "has an unknown target", reached);
    }

    /**
     * Returns the method's query, found in Spring Data's own order; null for a derived query, which loads the entities that it
     * deletes.
     */
    private @Nullable Declared declared(Method method, Class<?> domain) {
        Query query = AnnotatedElementUtils.findMergedAnnotation(method, Query.class);
        if (query != null && StringUtils.hasText(query.value())) {
            return new Declared(query.value(), query.nativeQuery());
        }
        String name = query != null && StringUtils.hasText(query.name())
                ? query.name()
                : domain.getSimpleName() + "." + method.getName();
        NamedObjectRepository named = sessionFactory.getQueryEngine().getNamedObjectRepository();
        NamedSqmQueryMemento<?> statement = named.getSqmQueryMemento(name);
        if (statement != null) {
            return new Declared(statement.getHqlString(), false);
        }
        return named.getNativeQueryMemento(name) == null ? null : new Declared(null, true);
    }

    private @Nullable EntityPersister entity(String name, Class<?> domain) {
        if (name.equals(DOMAIN_ENTITY)) {
            return sessionFactory.getMappingMetamodel().findEntityDescriptor(domain);
        }
        EntityDomainType<?> entity = sessionFactory.getJpaMetamodel().getHqlEntityReference(name);
        return entity == null
                ? null
                : sessionFactory.getMappingMetamodel().findEntityDescriptor(entity.getHibernateEntityName());
    }
}
