package dev.fullstate.outbox.aggregate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.CollectionClassification;
import org.hibernate.metamodel.internal.EmbeddableCompositeUserTypeInstantiator;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableMappingType.ConcreteEmbeddableType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedCollectionPart;
import org.hibernate.metamodel.mapping.internal.EntityCollectionPart;
import org.hibernate.metamodel.mapping.internal.SingleAttributeIdentifierMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.property.access.spi.Getter;
import org.hibernate.spi.NavigablePath;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Place.Discriminator;
import dev.fullstate.outbox.aggregate.Place.Kind;
import dev.fullstate.outbox.aggregate.Role.Order;
import dev.fullstate.outbox.aggregate.Role.Outside;
import dev.fullstate.outbox.rows.ColumnTypes;

/**
 * Resolves the tree of an aggregate's state: walks from the root along owned associations and makes a place for each way to an
 * entity (docs/adr/0020).
 */
final class Places {

    /** Collections whose order the database is free to choose, unless the mapping has an expression for it. */
    private static final Set<CollectionClassification> UNORDERED =
            Set.of(CollectionClassification.BAG, CollectionClassification.ID_BAG, CollectionClassification.SET);

    private static final Set<CollectionClassification> MAPS = Set.of(
            CollectionClassification.MAP, CollectionClassification.ORDERED_MAP, CollectionClassification.SORTED_MAP);

    private final Subclasses subclasses;
    private final Ownership ownership;
    private final ColumnTypes columnTypes;

    /** Each way has one place, which is here before it is resolved, so that a tree ends. */
    private final Map<Way, Place> entities = new LinkedHashMap<>();

    /**
     * A way to an entity.
     *
     * @param entity that the way leads to
     * @param from the attribute that leads to it, with that attribute's entity; null for a root
     */
    private record Way(String entity, @Nullable String from) {}

    /**
     * The point that the walk has reached.
     *
     * @param entity the entity
     * @param prefix the attributes from the entity to the embeddable, each with a dot
     * @param wayUp the attribute of the entity that leads back to the owner, dotted where it lies in an embeddable; null if there
     *     is none
     * @param path from the root, for people
     */
    private record Position(
            EntityPersister entity, String prefix, @Nullable String wayUp, String path) {

        Position in(String attribute) {
            return new Position(entity, prefix + attribute + ".", wayUp, path + "." + attribute);
        }
    }

    Places(SessionFactoryImplementor sessionFactory, Ownership ownership, ColumnTypes columnTypes) {
        this.subclasses = new Subclasses(sessionFactory);
        this.ownership = ownership;
        this.columnTypes = columnTypes;
    }

    /** Returns the place of a root. Any entity has such a place, as if no way led to it. */
    Place root(EntityPersister root) {
        return entity(
                root,
                new Way(root.getEntityName(), null),
                null,
                root.getMappedClass().getSimpleName());
    }

    private Place entity(EntityPersister declared, Way way, @Nullable String wayUp, String path) {
        Place known = entities.get(way);
        if (known != null) {
            return known;
        }
        Place place = new Place(declared.getMappedClass(), path);
        entities.put(way, place);
        List<EntityPersister> concrete = ownership.hierarchy(declared).stream()
                .filter(entity -> !entity.isAbstract())
                .toList();
        Discriminator discriminator = concrete.size() < 2 ? null : Subclasses.discriminator(declared);
        List<Kind> kinds = new ArrayList<>();
        for (EntityPersister entity : concrete) {
            kinds.add(new Kind(
                    entity.getMappedClass(),
                    discriminator == null ? null : subclasses.nameOf(entity),
                    attributes(new Position(entity, "", wayUp, path))));
        }
        place.resolve(discriminator, kinds);
        return place;
    }

    private List<Attribute> attributes(Position position) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        EntityIdentifierMapping id = position.entity().getIdentifierMapping();
        if (id instanceof NonAggregatedIdentifierMapping several) {
            add(attributes, position, several.getVirtualIdEmbeddable());
        } else if (id instanceof SingleAttributeIdentifierMapping single) {
            String name = id.getAttributeName();
            Getter getter = single.getPropertyAccess().getGetter();
            attributes.put(
                    name, new Attribute(name, getter, Attribute.columns(id), id(id, position.path() + "." + name)));
        }
        add(attributes, position, position.entity());
        return List.copyOf(attributes.values());
    }

    /** Returns the role of an id, of a referenced entity too: all of it is part of the state, even an owner's id in it. */
    private Role id(EntityIdentifierMapping id, String path) {
        return id instanceof CompositeIdentifierMapping composite
                ? new Role.Embedded(id(composite.getMappedIdEmbeddableTypeDescriptor(), path))
                : new Role.Value(id);
    }

    private Place id(EmbeddableMappingType id, String path) {
        List<Attribute> attributes = new ArrayList<>();
        id.forEachAttributeMapping(mapping -> {
            String below = path + "." + mapping.getAttributeName();
            Role role = new Role.Value(mapping);
            if (mapping instanceof EmbeddedAttributeMapping embedded && !isOfUserType(embedded)) {
                role = new Role.Embedded(id(embedded.getEmbeddableTypeDescriptor(), below));
            } else if (mapping instanceof ToOneAttributeMapping toOne) {
                role = reference(Ownership.target(toOne), below);
            }
            attributes.add(Attribute.of(mapping, role));
        });
        Place place = new Place(id.getMappedJavaType().getJavaTypeClass(), path);
        place.resolve(null, List.of(new Kind(place.javaType(), null, attributes)));
        return place;
    }

    private Role reference(Position position, AttributeMapping association, EntityPersister target) {
        Refusals.requireIdClass(position.entity(), position.prefix(), association, target);
        return reference(target, position.path() + "." + association.getAttributeName());
    }

    private Role reference(EntityPersister target, String path) {
        return new Role.Reference(target, id(target.getIdentifierMapping(), path));
    }

    private void add(Map<String, Attribute> attributes, Position position, ManagedMappingType container) {
        container.forEachAttributeMapping(mapping -> {
            String name = mapping.getAttributeName();
            // Without Hibernate's view of an @IdClass, which has the attributes once more, and without columns that
            // Hibernate adds.
            if (!name.equals(NavigablePath.IDENTIFIER_MAPPER_PROPERTY)
                    && mapping.getPropertyAccess().getGetter().getMember() != null) {
                attributes.computeIfAbsent(name, absent -> Attribute.of(mapping, role(position, mapping)));
            }
        });
    }

    private Role role(Position position, AttributeMapping mapping) {
        EntityPersister entity = position.entity();
        String name = mapping.getAttributeName();
        if (position.prefix().isEmpty()
                && entity.isVersioned()
                && entity.getVersionMapping().getVersionAttribute() == mapping) {
            return Outside.VERSION;
        }
        if (mapping instanceof EmbeddedAttributeMapping embedded && !isOfUserType(embedded)) {
            return new Role.Embedded(embeddable(position.in(name), embedded.getEmbeddableTypeDescriptor()));
        }
        if (mapping instanceof PluralAttributeMapping plural) {
            return several(position, plural);
        }
        if (mapping instanceof ToOneAttributeMapping toOne) {
            return toOne(position, toOne);
        }
        return new Role.Value(mapping);
    }

    /**
     * Returns whether a user type takes the value apart. Then it is one value, and its columns are not attributes of its class.
     */
    private static boolean isOfUserType(EmbeddableValuedModelPart part) {
        EmbeddableMappingType embeddable = part.getEmbeddableTypeDescriptor();
        return !embeddable.isPolymorphic()
                && embeddable.getRepresentationStrategy().getInstantiator()
                        instanceof EmbeddableCompositeUserTypeInstantiator;
    }

    private Place embeddable(Position position, EmbeddableMappingType embeddable) {
        Class<?> declared = embeddable.getMappedJavaType().getJavaTypeClass();
        Place place = new Place(declared, position.path());
        List<Kind> kinds = new ArrayList<>();
        for (Class<?> type : subclasses.of(embeddable, declared)) {
            ConcreteEmbeddableType concrete = embeddable.findSubtypeBySubclass(type.getName());
            List<Attribute> attributes = new ArrayList<>();
            embeddable.forEachAttributeMapping(mapping -> {
                if (concrete == null || concrete.declaresAttribute(mapping)) {
                    attributes.add(Attribute.of(mapping, role(position, mapping)));
                }
            });
            kinds.add(new Kind(type, concrete == null ? null : concrete.getDiscriminatorValue(), attributes));
        }
        place.resolve(kinds.size() < 2 ? null : Subclasses.discriminator(embeddable, declared), kinds);
        return place;
    }

    private Role several(Position position, PluralAttributeMapping plural) {
        Role element = element(position, plural);
        if (element == Outside.INVERSE) {
            return element;
        }
        CollectionClassification classification =
                plural.getMappedType().getCollectionSemantics().getCollectionClassification();
        boolean ordered = plural.getOrderByFragment() != null || plural.getManyToManyOrderByFragment() != null;
        if (MAPS.contains(classification)) {
            if (element instanceof Role.Reference && plural.getIndexMetadata().getIndexPropertyName() != null) {
                // Such a key is an attribute of the referenced entity, which changes without the aggregate.
                return new Role.Elements(Order.BY_ID, element);
            }
            Role.Key key = new Role.Key(
                    plural.getIndexDescriptor(), MapKeys.of(position.entity(), plural, position.prefix(), columnTypes));
            return new Role.Entries(key, ordered || classification != CollectionClassification.MAP, element);
        }
        if (ordered || !UNORDERED.contains(classification)) {
            return new Role.Elements(Order.AS_MAPPED, element);
        }
        boolean entities = element instanceof Role.Part || element instanceof Role.Reference;
        return new Role.Elements(entities ? Order.BY_ID : Order.BY_VALUE, element);
    }

    private Role element(Position position, PluralAttributeMapping plural) {
        CollectionPart element = plural.getElementDescriptor();
        String name = plural.getAttributeName();
        if (element instanceof EmbeddedCollectionPart embedded && !isOfUserType(embedded)) {
            return new Role.Embedded(embeddable(position.in(name), embedded.getEmbeddableTypeDescriptor()));
        }
        if (!(element instanceof EntityCollectionPart entity)) {
            return new Role.Value(element);
        }
        EntityPersister target = entity.getAssociatedEntityMappingType().getEntityPersister();
        if (ownership.isOwned(plural, target)) {
            return part(position, plural, target);
        }
        return plural.getCollectionDescriptor().isInverse() ? Outside.INVERSE : reference(position, plural, target);
    }

    private Role toOne(Position position, ToOneAttributeMapping toOne) {
        EntityPersister target = Ownership.target(toOne);
        String name = toOne.getAttributeName();
        if ((position.prefix() + name).equals(position.wayUp())) {
            return Outside.WAY_UP;
        }
        if (ownership.isOwned(toOne, target)
                && !ownership.isBackReference(position.entity(), position.prefix() + name)) {
            return part(position, toOne, target);
        }
        return Ownership.isInverse(toOne) ? Outside.INVERSE : reference(position, toOne, target);
    }

    private Role part(Position position, AttributeMapping association, EntityPersister target) {
        String attribute = position.prefix() + association.getAttributeName();
        Way way = new Way(target.getEntityName(), position.entity().getEntityName() + "#" + attribute);
        String path = position.path() + "." + association.getAttributeName();
        return new Role.Part(
                target,
                id(target.getIdentifierMapping(), path),
                entity(target, way, Ownership.mappedBy(association, target), path));
    }
}
