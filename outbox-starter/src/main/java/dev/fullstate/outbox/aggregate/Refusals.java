package dev.fullstate.outbox.aggregate;

import java.lang.reflect.AnnotatedElement;
import java.sql.Blob;
import java.sql.Clob;
import java.util.List;
import java.util.Set;

import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.annotations.TenantId;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.bytecode.spi.BytecodeEnhancementMetadata;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.DiscriminatedAssociationModelPart;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;

import dev.fullstate.outbox.rows.ColumnTypes;

/** Refuses mappings that could be captured, but whose events would be mixed up, missing or untrue, or could not be written. */
final class Refusals {

    private static final String MIXED =
            ", so the events of all tenants would be mixed in one topic, under keys without the"
                    + " tenant, and a republish would see one tenant only";

    private Refusals() {}

    /** Refuses a database, a schema or a role per tenant: each tenant would need an outbox and a relay of its own. */
    static void requireOneTenant(SessionFactoryImplementor sessionFactory, List<EntityPersister> roots) {
        SessionFactoryOptions options = sessionFactory.getSessionFactoryOptions();
        if (options.isMultiTenancyEnabled()
                || options.getTenantSchemaMapper() != null
                || options.getTenantCredentialsMapper() != null) {
            throw new AggregateMappingException(
                    roots.get(0).getEntityName()
                            + " has @PublishFullState, but its persistence unit has a database, schema"
                            + " or role per tenant" + MIXED,
                    "Give each tenant a persistence unit of its own, or take @PublishFullState off.");
        }
    }

    /** Refuses a root whose rows are elsewhere: they could not be locked, nor told from those of another transaction. */
    static void requireRowsOfItsOwn(EntityPersister root, String table, ColumnTypes types) {
        if (!types.hasRows(table)) {
            throw new AggregateMappingException(
                    root.getEntityName() + " has @PublishFullState, but " + table
                            + " is a view, a query or a foreign table, and no table of this database: its rows cannot be"
                            + " locked while their state is read",
                    "Map " + root.getEntityName() + " to the table itself, or take @PublishFullState off.");
        }
    }

    /** Refuses a discriminator per tenant, in a root as well as in a part. */
    static void requireNoTenant(EntityPersister entity, AttributeMapping attribute, String path) {
        if (attribute.getPropertyAccess().getGetter().getMember() instanceof AnnotatedElement member
                && member.isAnnotationPresent(TenantId.class)) {
            throw new AggregateMappingException(
                    "Attribute '" + path + attribute.getAttributeName() + "' of " + entity.getEntityName()
                            + ", which belongs to an aggregate with @PublishFullState, is a @TenantId" + MIXED,
                    "Make it an ordinary attribute that the application sets and restricts its queries by, or take"
                            + " @PublishFullState off the root.");
        }
    }

    /** Refuses parts that a change of their own can hide from the query that is the only way to their root. */
    static void requireWayFromHiddenPart(OwnerLink link, AttributeMapping attribute, EntityPersister part) {
        boolean restricted = part.hasWhereRestrictions()
                || (attribute instanceof PluralAttributeMapping plural && plural.hasWhereRestrictions());
        if (!link.isKnownToPart() && restricted) {
            throw new AggregateMappingException(
                    "Attribute '" + link.attributePath() + "' of "
                            + link.owner().getEntityName()
                            + " owns parts that a @SQLRestriction can hide (" + part.getEntityName()
                            + "), in one direction"
                            + " only: no way leads from a part that has just been hidden back to its root",
                    "Map the association in both directions, with mappedBy, or use @SoftDelete instead of the restriction.");
        }
    }

    /** Refuses attributes that cannot be part of a state, whatever their role. */
    static void requireWritable(EntityPersister entity, String path, AttributeMapping attribute) {
        boolean any = attribute instanceof DiscriminatedAssociationModelPart
                || (attribute instanceof PluralAttributeMapping plural
                        && (plural.getElementDescriptor() instanceof DiscriminatedAssociationModelPart
                                || plural.getIndexDescriptor() instanceof DiscriminatedAssociationModelPart));
        if (any) {
            throw new AggregateMappingException(
                    name(entity, path, attribute)
                            + " cannot be published, because it is mapped with @Any or @ManyToAny: it may"
                            + " refer to entities of several types",
                    "Replace it with an association to one entity type, or take @PublishFullState off the root.");
        }
        if (attribute instanceof BasicValuedModelPart) {
            Class<?> type = attribute.getJavaType().getJavaTypeClass();
            if (Blob.class.isAssignableFrom(type) || Clob.class.isAssignableFrom(type)) {
                throw new AggregateMappingException(
                        name(entity, path, attribute) + " is a " + type.getName()
                                + ", which is a locator of a value in the database, and not a value that could be published",
                        "Make it a byte[] or a String; with @Lob, its column stays as it is.");
            }
        }
    }

    /** Refuses a foreign key that lets the database delete or change its row: no event would be written. */
    static void requireNoDeleteByTheDatabase(EntityPersister entity, String path, ToOneAttributeMapping association) {
        OnDelete onDelete = association.getPropertyAccess().getGetter().getMember() instanceof AnnotatedElement member
                ? member.getAnnotation(OnDelete.class)
                : null;
        if (onDelete != null
                && onDelete.action() != OnDeleteAction.NO_ACTION
                && onDelete.action() != OnDeleteAction.RESTRICT) {
            String target = association.getAssociatedEntityMappingType().getEntityName();
            throw new AggregateMappingException(
                    name(entity, path, association) + " has @OnDelete(" + onDelete.action() + "): when a " + target
                            + " is deleted, the database itself changes the aggregate, and no event is written",
                    "Remove @OnDelete, and delete or change the rows that refer to a " + target
                            + " before you delete it.");
        }
    }

    /**
     * Refuses the same, said by the other end of the foreign key: a collection that is not the aggregate's own, of its roots or parts.
     */
    static void requireNoDeleteByTheDatabase(CollectionPersister collection, Aggregates aggregates) {
        if (!collection.isOneToMany() || !collection.isCascadeDeleteEnabled() || aggregates.includes(collection)) {
            return;
        }
        EntityPersister owner = collection.getOwnerEntityPersister();
        Set<Aggregate> deleted = aggregates.reachedFrom(collection.getElementPersister());
        if (!aggregates.reachedFrom(owner).containsAll(deleted)) {
            throw new AggregateMappingException(
                    "Collection '" + collection.getRole() + "' has @OnDelete: when a " + owner.getEntityName()
                            + " is deleted, the database itself changes aggregates of " + deleted
                            + ", and no event is written",
                    "Remove @OnDelete, and delete or change the rows that refer to a " + owner.getEntityName()
                            + " before you delete it.");
        }
    }

    /** Refuses references whose foreign key is in the referenced rows: it is deleted with them, and no event is written. */
    static void requireOwnRows(EntityPersister entity, String path, PluralAttributeMapping references) {
        if (references.getCollectionDescriptor().isOneToMany()) {
            throw new AggregateMappingException(
                    name(entity, path, references)
                            + " refers to entities with a life of their own through a foreign key in"
                            + " their table: when one of them is deleted, the aggregate changes and no event is written",
                    "If they belong to the aggregate, say so with orphanRemoval = true or cascade REMOVE; if not, use"
                            + " @JoinTable instead of @JoinColumn, or map the association from the other side with"
                            + " mappedBy.");
        }
    }

    /** Refuses a reference to an entity for whose id only the entity itself stands. */
    static void requireIdClass(
            EntityPersister entity, String path, AttributeMapping reference, EntityPersister target) {
        if (target.getIdentifierMapping() instanceof CompositeIdentifierMapping id && AggregateId.isWithoutClass(id)) {
            throw new AggregateMappingException(
                    name(entity, path, reference) + " refers to " + target.getEntityName()
                            + ", which has an id of several attributes, or of an association, but no class for it",
                    "Give " + target.getEntityName() + " an @IdClass, or an @EmbeddedId.");
        }
    }

    /**
     * Refuses a back-reference that bytecode enhancement loads only when it is read: a part has to know its owner when it is
     * changed or deleted.
     */
    static void requireKnownOwner(EntityPersister part, String path, AssociationPath backReference) {
        BytecodeEnhancementMetadata enhancement = part.getBytecodeEnhancementMetadata();
        if (enhancement.isEnhancedForLazyLoading()
                && backReference.stateAttribute() != null
                && enhancement.getLazyAttributesMetadata().isLazyAttribute(backReference.stateAttribute())) {
            throw new AggregateMappingException(
                    "Attribute '" + path + "' of " + part.getEntityName()
                            + ", which leads to the owner in an aggregate with @PublishFullState, is not loaded with its"
                            + " entity, so that the owner of a changed part is not known",
                    "Load it with its entity: fetch = FetchType.EAGER, or a foreign key to the owner's id.");
        }
    }

    static AggregateMappingException ownsFromAnElement(EntityPersister entity, String path, AttributeMapping owning) {
        return new AggregateMappingException(
                "Attribute '" + path + owning.getAttributeName() + "' of " + entity.getEntityName()
                        + " owns entities from inside an element collection, from which no way leads back to the root",
                "Make the element an entity of its own, or remove the cascade from the association.");
    }

    static AggregateMappingException ownsByManyToMany(
            EntityPersister entity, String path, AttributeMapping owning, String mappedBy) {
        return new AggregateMappingException(
                name(entity, path, owning) + " owns entities that hold their owners in a collection, '" + mappedBy
                        + "': when that changes, the owner that loses a part is not known",
                "Remove the cascade from the association, so that it is a reference, or map it from this side.");
    }

    static AggregateMappingException keyWithoutText(EntityPersister entity, String path, AttributeMapping map) {
        return new AggregateMappingException(
                name(entity, path, map)
                        + " is a map whose keys have no text form, so that they cannot be names in JSON",
                "Use keys of a basic type, an embeddable of basic types, or an entity with such an id.");
    }

    private static String name(EntityPersister entity, String path, AttributeMapping attribute) {
        return "Attribute '" + path + attribute.getAttributeName() + "' of " + entity.getEntityName()
                + ", which belongs to an aggregate with @PublishFullState,";
    }
}
