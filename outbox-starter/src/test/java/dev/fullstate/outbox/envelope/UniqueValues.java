package dev.fullstate.outbox.envelope;

import java.lang.reflect.AnnotatedElement;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKey;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedCollectionPart;
import org.hibernate.metamodel.mapping.internal.EntityCollectionPart;
import org.hibernate.metamodel.mapping.internal.SingleAttributeIdentifierMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.springframework.beans.BeanUtils;

import dev.fullstate.outbox.PublishFullState;

/**
 * Fills an aggregate with values of which each is there once, by the annotations of its classes alone, and notes which of them
 * its event has to have. Knows nothing of how the product resolves a state.
 */
final class UniqueValues {

    /** Deep enough for a tree to reach its own class again, and for that to have parts. */
    private static final int DEPTH = 4;

    private final SessionFactoryImplementor sessionFactory;
    private final Map<String, String> expected = new LinkedHashMap<>();
    private final Set<String> ids = new HashSet<>();
    private int last = 1000;

    UniqueValues(SessionFactoryImplementor sessionFactory) {
        this.sessionFactory = sessionFactory;
    }

    /** Returns each value, with the path to it. */
    Map<String, String> expected() {
        return expected;
    }

    /** Returns the values that may be there more than once, because others refer to them. */
    Set<String> ids() {
        return ids;
    }

    Object root(EntityPersister root) {
        return entity(root, "", root.getMappedClass().getSimpleName(), null, 0);
    }

    private Object entity(EntityMappingType declared, String wayUp, String path, Object owner, int depth) {
        EntityPersister entity = concrete(declared);
        Object instance = BeanUtils.instantiateClass(entity.getMappedClass());
        if (entity.getIdentifierMapping() instanceof NonAggregatedIdentifierMapping several) {
            fill(instance, entity, several.getVirtualIdEmbeddable(), "", wayUp, path, owner, depth);
        } else {
            setId(instance, entity, path, owner);
        }
        fill(instance, entity, entity, "", wayUp, path, owner, depth);
        return instance;
    }

    private EntityPersister concrete(EntityMappingType declared) {
        return declared.getSubclassEntityNames().stream()
                .sorted()
                .map(name -> sessionFactory.getMappingMetamodel().getEntityDescriptor(name))
                .filter(entity -> !entity.isAbstract())
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private void setId(Object instance, EntityPersister entity, String path, Object owner) {
        EntityIdentifierMapping id = entity.getIdentifierMapping();
        var setter = ((SingleAttributeIdentifierMapping) id).getPropertyAccess().getSetter();
        Object value = id instanceof CompositeIdentifierMapping composite
                ? embeddable(
                        composite.getMappedIdEmbeddableTypeDescriptor(), entity, "id.", "", path + ".id", owner, DEPTH)
                : value(id.getJavaType().getJavaTypeClass(), path + ".id");
        if (value != null) {
            ids.add(String.valueOf(value));
            setter.set(instance, value);
        }
    }

    private void fill(
            Object instance,
            EntityPersister entity,
            ManagedMappingType container,
            String prefix,
            String wayUp,
            String path,
            Object owner,
            int depth) {
        container.forEachAttributeMapping(attribute -> {
            boolean version = entity.isVersioned()
                    && prefix.isEmpty()
                    && entity.getVersionMapping().getVersionAttribute() == attribute;
            if (version || attribute.getAttributeName().startsWith("_")) {
                return;
            }
            Object value = value(attribute, entity, prefix, wayUp, path, owner, depth);
            if (value != null) {
                attribute.getPropertyAccess().getSetter().set(instance, value);
            }
        });
    }

    private Object value(
            AttributeMapping attribute,
            EntityPersister entity,
            String prefix,
            String wayUp,
            String path,
            Object owner,
            int depth) {
        String name = attribute.getAttributeName();
        AnnotatedElement member =
                (AnnotatedElement) attribute.getPropertyAccess().getGetter().getMember();
        if (member == null || member.isAnnotationPresent(JsonIgnore.class)) {
            return null;
        }
        String below = path + "." + name;
        if (attribute instanceof EmbeddedAttributeMapping embedded) {
            return embeddable(
                    embedded.getEmbeddableTypeDescriptor(), entity, prefix + name + ".", wayUp, below, owner, depth);
        }
        if (attribute instanceof PluralAttributeMapping plural) {
            return several(plural, entity, member, prefix + name, below, depth);
        }
        if (attribute instanceof ToOneAttributeMapping toOne) {
            return one(toOne, member, prefix + name, wayUp, below, owner, depth);
        }
        return attribute instanceof BasicValuedModelPart
                ? value(attribute.getJavaType().getJavaTypeClass(), below)
                : null;
    }

    private Object one(
            ToOneAttributeMapping toOne,
            AnnotatedElement member,
            String attribute,
            String wayUp,
            String path,
            Object owner,
            int depth) {
        if (attribute.equals(wayUp)) {
            return owner;
        }
        EntityMappingType target = toOne.getAssociatedEntityMappingType();
        if (isOwned(member, target)) {
            OneToOne annotation = member.getAnnotation(OneToOne.class);
            return depth == DEPTH
                    ? null
                    : entity(target, annotation == null ? "" : annotation.mappedBy(), path, null, depth + 1);
        }
        return toOne.getSideNature() == ForeignKeyDescriptor.Nature.KEY ? reference(target, path) : null;
    }

    /** Makes an entity that has only an id. */
    private Object reference(EntityMappingType target, String path) {
        EntityPersister entity = concrete(target);
        Object instance = BeanUtils.instantiateClass(entity.getMappedClass());
        if (entity.getIdentifierMapping() instanceof NonAggregatedIdentifierMapping several) {
            fill(instance, entity, several.getVirtualIdEmbeddable(), "", "", path, null, DEPTH);
        } else {
            setId(instance, entity, path, null);
        }
        return instance;
    }

    private static boolean isOwned(AnnotatedElement member, EntityMappingType target) {
        if (target.getMappedJavaType().getJavaTypeClass().isAnnotationPresent(PublishFullState.class)) {
            return false;
        }
        OneToOne one = member.getAnnotation(OneToOne.class);
        OneToMany many = member.getAnnotation(OneToMany.class);
        ManyToOne manyToOne = member.getAnnotation(ManyToOne.class);
        ManyToMany manyToMany = member.getAnnotation(ManyToMany.class);
        return (one != null && (one.orphanRemoval() || removes(one.cascade())))
                || (many != null && (many.orphanRemoval() || removes(many.cascade())))
                || (manyToOne != null && removes(manyToOne.cascade()))
                || (manyToMany != null && removes(manyToMany.cascade()));
    }

    private static boolean removes(CascadeType[] cascade) {
        return Arrays.asList(cascade).contains(CascadeType.ALL)
                || Arrays.asList(cascade).contains(CascadeType.REMOVE);
    }

    private Object embeddable(
            EmbeddableMappingType embeddable,
            EntityPersister entity,
            String prefix,
            String wayUp,
            String path,
            Object owner,
            int depth) {
        if (embeddable.isPolymorphic()) {
            return null; // Its subclasses are shown elsewhere.
        }
        Object[] values = new Object[embeddable.getNumberOfAttributeMappings()];
        for (int i = 0; i < values.length; i++) {
            AttributeMapping attribute = embeddable.getAttributeMapping(i);
            values[i] = value(attribute, entity, prefix, wayUp, path, owner, depth);
            if (values[i] == null && attribute.getJavaType().getJavaTypeClass().isPrimitive()) {
                values[i] = false;
            }
        }
        return embeddable.getRepresentationStrategy().getInstantiator().instantiate(() -> values);
    }

    @SuppressWarnings("unchecked")
    private Object several(
            PluralAttributeMapping plural,
            EntityPersister entity,
            AnnotatedElement member,
            String attribute,
            String path,
            int depth) {
        Object[] elements = {
            element(plural, entity, member, attribute, path + "[0]", depth),
            element(plural, entity, member, attribute, path + "[1]", depth)
        };
        if (elements[0] == null) {
            return null;
        }
        Class<?> type = plural.getPropertyAccess().getGetter().getReturnTypeClass();
        if (type.isArray()) {
            return Arrays.copyOf(elements, 2, (Class<Object[]>) type);
        }
        Object collection = type.isInterface()
                ? (Map.class.isAssignableFrom(type)
                        ? new java.util.TreeMap<>()
                        : List.class.isAssignableFrom(type) || type == Collection.class
                                ? new java.util.ArrayList<>()
                                : java.util.SortedSet.class.isAssignableFrom(type)
                                        ? new java.util.TreeSet<>()
                                        : new java.util.LinkedHashSet<>())
                : BeanUtils.instantiateClass(type);
        if (collection instanceof Map<?, ?> map) {
            boolean ofElement = member.isAnnotationPresent(MapKey.class);
            Class<?> key = plural.getIndexDescriptor().getJavaType().getJavaTypeClass();
            for (Object element : elements) {
                Object unique = value(key, path + "{}");
                if (unique != null) {
                    ((Map<Object, Object>) map).put(unique, element);
                }
                if (ofElement) {
                    expected.remove(String.valueOf(unique)); // It is an attribute of the element.
                }
            }
        } else {
            ((Collection<Object>) collection).addAll(Arrays.asList(elements));
        }
        return collection;
    }

    private Object element(
            PluralAttributeMapping plural,
            EntityPersister entity,
            AnnotatedElement member,
            String attribute,
            String path,
            int depth) {
        Class<?> key = plural.getIndexDescriptor() == null
                ? String.class
                : plural.getIndexDescriptor().getJavaType().getJavaTypeClass();
        if (key != String.class && key != Integer.class && key != int.class) {
            return null; // Keys that are not plain values are shown elsewhere.
        }
        var element = plural.getElementDescriptor();
        if (element instanceof EmbeddedCollectionPart embedded) {
            return embeddable(embedded.getEmbeddableTypeDescriptor(), entity, attribute + "{}.", "", path, null, DEPTH);
        }
        if (!(element instanceof EntityCollectionPart part)) {
            return value(element.getJavaType().getJavaTypeClass(), path);
        }
        EntityMappingType target = part.getAssociatedEntityMappingType();
        if (!isOwned(member, target)) {
            return plural.getCollectionDescriptor().isInverse() ? null : reference(target, path);
        }
        OneToMany annotation = member.getAnnotation(OneToMany.class);
        return depth == DEPTH
                ? null
                : entity(target, annotation == null ? "" : annotation.mappedBy(), path, null, depth + 1);
    }

    /** Returns null for types whose values cannot be told apart. */
    private Object value(Class<?> type, String path) {
        int number = ++last;
        Object value = null;
        if (type == String.class) {
            value = "v" + number;
        } else if (type == int.class || type == Integer.class) {
            value = number;
        } else if (type == long.class || type == Long.class) {
            value = (long) number;
        } else if (type == short.class || type == Short.class) {
            value = (short) number;
        } else if (type == BigDecimal.class) {
            value = BigDecimal.valueOf(number);
        } else if (type == UUID.class) {
            value = new UUID(number, number);
        }
        if (value != null) {
            expected.put(String.valueOf(value), path);
        }
        return value;
    }
}
