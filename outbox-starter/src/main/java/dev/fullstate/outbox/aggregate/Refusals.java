package dev.fullstate.outbox.aggregate;

import java.lang.reflect.AnnotatedElement;
import java.util.List;

import org.hibernate.annotations.TenantId;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;

/** Mappings that could be captured, but whose events would be mixed up or missing. */
final class Refusals {

    private static final String MIXED =
            ", so the events of all tenants would be mixed in one topic, under keys that tell"
                    + " nothing of the tenant, and a republish would see one tenant only";

    private Refusals() {}

    /** Refuses a database or a schema per tenant: each would need an outbox and a relay of its own. */
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

    /** Refuses parts that a change of their own can hide from the only way to their root, which is a query. */
    static void requireWayFromHiddenPart(OwnerLink link, AttributeMapping attribute, EntityPersister part) {
        boolean restricted = part.hasWhereRestrictions()
                || (attribute instanceof PluralAttributeMapping plural && plural.hasWhereRestrictions());
        if (link.backReference() == null && restricted) {
            throw new AggregateMappingException(
                    "Attribute '" + link.attributePath() + "' of "
                            + link.owner().getEntityName()
                            + " owns parts that a @SQLRestriction can hide (" + part.getEntityName()
                            + "), in one direction"
                            + " only: from a part that has just been hidden, no way leads back to its root",
                    "Map the association in both directions, with mappedBy, or use @SoftDelete instead of the restriction.");
        }
    }
}
