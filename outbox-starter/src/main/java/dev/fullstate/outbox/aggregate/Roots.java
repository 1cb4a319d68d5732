package dev.fullstate.outbox.aggregate;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.UnionSubclassEntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.data.annotation.LastModifiedDate;
import org.springframework.util.ReflectionUtils;

import dev.fullstate.outbox.PublishFullState;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.rows.ColumnTypes;

/** The entities with the annotation, each of which meets the needs of capture for a root. */
final class Roots {

    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final Set<Class<?>> VERSION_TYPES =
            Set.of(int.class, Integer.class, long.class, Long.class, short.class, Short.class);

    private final Map<String, EntityPersister> topmost = new LinkedHashMap<>();

    private Roots() {}

    static Roots of(SessionFactoryImplementor sessionFactory) {
        Roots roots = new Roots();
        sessionFactory.getMappingMetamodel().forEachEntityDescriptor(roots::add);
        return roots;
    }

    static List<String> annotated(SessionFactoryImplementor sessionFactory) {
        List<String> names = new ArrayList<>();
        sessionFactory.getMappingMetamodel().forEachEntityDescriptor(entity -> {
            if (annotation(entity) != null) {
                names.add(entity.getEntityName());
            }
        });
        names.sort(Comparator.naturalOrder());
        return names;
    }

    private void add(EntityPersister entity) {
        EntityMappingType parent = entity.getSuperMappingType();
        if (annotation(entity) == null || (parent != null && annotation(parent) != null)) {
            return;
        }
        requireVersion(entity);
        requireOneRootTable(entity);
        String type = aggregateType(entity);
        EntityPersister other = topmost.putIfAbsent(type, entity);
        if (other != null) {
            throw new AggregateMappingException(
                    "Two entities with @PublishFullState have the aggregate type '" + type + "': "
                            + other.getEntityName() + " and " + entity.getEntityName(),
                    "Give one of them another name: @PublishFullState(aggregateType = \"...\").");
        }
    }

    List<EntityPersister> topmost() {
        return new ArrayList<>(topmost.values());
    }

    /** Returns whether an entity is a published root, or extends one. */
    boolean contains(EntityMappingType entity) {
        return annotation(entity) != null;
    }

    Aggregate aggregate(EntityPersister root, Place state, ColumnTypes types) {
        PublishFullState annotation = requireAnnotation(root);
        return new Aggregate(
                aggregateType(root),
                eventType(root, annotation),
                dataSchema(root, annotation),
                root,
                state,
                lastModified(root, state),
                types);
    }

    private static String aggregateType(EntityPersister entity) {
        PublishFullState annotation = requireAnnotation(entity);
        String type = annotation.aggregateType().isEmpty()
                ? kebabCase(entity.getMappedClass().getSimpleName())
                : annotation.aggregateType();
        if (!OutboxTable.isAggregateType(type)) {
            throw new AggregateMappingException(
                    "The aggregate type '" + type + "' of " + entity.getEntityName()
                            + " cannot be part of a topic's name",
                    "Use letters, digits, '.', '_' and '-' only, 200 at most, and not '.' or '..' alone: @PublishFullState(aggregateType = \"...\").");
        }
        return type;
    }

    static String kebabCase(String name) {
        return WORD_START.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    private static String eventType(EntityPersister entity, PublishFullState annotation) {
        String type = annotation.type().isEmpty() ? entity.getEntityName() : annotation.type();
        if (type.isBlank() || type.chars().anyMatch(Character::isISOControl)) {
            throw new AggregateMappingException(
                    "The event type of " + entity.getEntityName() + " is blank or has a control character",
                    "Name it in reverse DNS: @PublishFullState(type = \"com.example.order\").");
        }
        return type;
    }

    private static @Nullable String dataSchema(EntityPersister entity, PublishFullState annotation) {
        if (annotation.dataSchema().isEmpty()) {
            return null;
        }
        if (!isAbsoluteUri(annotation.dataSchema())) {
            throw new AggregateMappingException(
                    "The dataSchema '" + annotation.dataSchema() + "' of " + entity.getEntityName()
                            + " is not an absolute URI",
                    "Use an absolute URI: @PublishFullState(dataSchema = \"https://...\").");
        }
        return annotation.dataSchema();
    }

    private static boolean isAbsoluteUri(String text) {
        try {
            return new URI(text).isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static @Nullable Attribute lastModified(EntityPersister root, Place state) {
        return state.kinds().stream()
                .flatMap(kind -> kind.attributes().stream())
                .filter(attribute -> hasLastModified(root, attribute.name()))
                .findFirst()
                .orElse(null);
    }

    private static boolean hasLastModified(EntityPersister root, String attribute) {
        var field = ReflectionUtils.findField(root.getMappedClass(), attribute);
        return field != null && AnnotatedElementUtils.hasAnnotation(field, LastModifiedDate.class);
    }

    private static void requireVersion(EntityPersister entity) {
        if (!entity.isVersioned()) {
            throw new AggregateMappingException(
                    entity.getEntityName() + " has @PublishFullState but no @Version attribute, which its events need:"
                            + " without it, two transactions that change different parts of one aggregate would each"
                            + " publish a state that the database never had",
                    "Add to " + entity.getEntityName() + ":\n\n    @Version\n    private long version;\n\n"
                            + "and to its table: ALTER TABLE " + entity.getRootTableName()
                            + " ADD COLUMN version bigint NOT NULL DEFAULT 0;");
        }
        Class<?> type = entity.getVersionMapping().getJavaType().getJavaTypeClass();
        if (!VERSION_TYPES.contains(type)) {
            throw new AggregateMappingException(
                    entity.getEntityName() + " has @PublishFullState and a @Version attribute of type " + type.getName()
                            + ", but events need a version that counts: two changes may have the same time",
                    "Make it an integer:\n\n    @Version\n    private long version;");
        }
    }

    private static void requireOneRootTable(EntityPersister entity) {
        if (entity instanceof UnionSubclassEntityPersister && entity.hasSubclasses()) {
            throw new AggregateMappingException(
                    entity.getEntityName()
                            + " has @PublishFullState and the inheritance strategy TABLE_PER_CLASS, with which no"
                            + " single row stands for the aggregate and could be locked",
                    "Use SINGLE_TABLE or JOINED, or put @PublishFullState on the concrete subclasses.");
        }
    }

    private static @Nullable PublishFullState annotation(EntityMappingType entity) {
        Class<?> javaType = entity.getMappedJavaType().getJavaTypeClass();
        return AnnotatedElementUtils.findMergedAnnotation(javaType, PublishFullState.class);
    }

    private static PublishFullState requireAnnotation(EntityMappingType entity) {
        PublishFullState annotation = annotation(entity);
        if (annotation == null) {
            throw new IllegalArgumentException(entity.getEntityName() + " has no @PublishFullState");
        }
        return annotation;
    }
}
