package dev.fullstate.outbox.reading;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.hibernate.engine.FetchStyle;
import org.hibernate.engine.FetchTiming;
import org.hibernate.engine.profile.Association;
import org.hibernate.engine.profile.Fetch;
import org.hibernate.engine.profile.FetchProfile;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedCollectionPart;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping.Cardinality;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregates;

/**
 * The attributes that the query for an entity loads with it, whether the mapping calls them eager or lazy: its columns, the parts
 * that it refers to as one, and the references for which Hibernate would otherwise run a query per row. Other references stay
 * proxies, which have the id, and collections get a query of their own (docs/adr/0019).
 */
final class FetchPlan extends FetchProfile {

    static final String NAME = "fullstate-outbox";

    private final OwnedRoles owned;

    /** Complete once the plan is constructed. Where it has no entry, a translation follows the mapping. */
    private final Map<String, Fetch> byRole = new HashMap<>();

    /** The roots of hierarchies, each with those that are joined to it. Never has a circle, in which a query would not end. */
    private final Map<String, Set<String>> joins = new HashMap<>();

    FetchPlan(SessionFactoryImplementor sessionFactory, Aggregates aggregates) {
        super(NAME);
        this.owned = new OwnedRoles(sessionFactory, aggregates);
        // Parts first: where joins would form a circle, it is the references that stay unloaded.
        for (Pass pass : Pass.values()) {
            sessionFactory.getMappingMetamodel().forEachEntityDescriptor(entity -> plan(entity, pass));
        }
    }

    private enum Pass {
        PARTS,
        OTHERS
    }

    @Override
    public @Nullable Fetch getFetchByRole(String role) {
        return byRole.get(role);
    }

    boolean isOwned(AttributeMapping association) {
        return owned.contains(association);
    }

    private void plan(EntityPersister entity, Pass pass) {
        if (entity.getIdentifierMapping() instanceof CompositeIdentifierMapping id) {
            plan(entity, id.getPartMappingType(), pass);
            plan(entity, id.getMappedIdEmbeddableTypeDescriptor(), pass);
        }
        entity.forEachAttributeMapping(attribute -> plan(entity, attribute, pass));
    }

    private void plan(EntityPersister entity, EmbeddableMappingType embeddable, Pass pass) {
        embeddable.forEachAttributeMapping(attribute -> plan(entity, attribute, pass));
    }

    private void plan(EntityPersister entity, AttributeMapping attribute, Pass pass) {
        if (attribute instanceof EmbeddedAttributeMapping embedded) {
            plan(entity, embedded.getEmbeddableTypeDescriptor(), pass);
        } else if (attribute instanceof BasicValuedModelPart) {
            put(entity, attribute, FetchTiming.IMMEDIATE);
        } else if (attribute instanceof ToOneAttributeMapping toOne) {
            planToOne(entity, toOne, pass);
        } else {
            put(entity, attribute, FetchTiming.DELAYED);
        }
        if (attribute instanceof PluralAttributeMapping plural) {
            plan(entity, plural.getElementDescriptor(), pass);
            plan(entity, plural.getIndexDescriptor(), pass);
        }
    }

    private void plan(EntityPersister entity, @Nullable CollectionPart part, Pass pass) {
        if (part instanceof EmbeddedCollectionPart embedded) {
            plan(entity, embedded.getEmbeddableTypeDescriptor(), pass);
        }
    }

    private void planToOne(EntityPersister entity, ToOneAttributeMapping toOne, Pass pass) {
        boolean isOwned = owned.contains(toOne);
        if (isOwned == (pass == Pass.PARTS)) {
            boolean joined = (isOwned || !canWait(toOne)) && join(entity, toOne);
            put(entity, toOne, joined ? FetchTiming.IMMEDIATE : FetchTiming.DELAYED);
        }
    }

    /** Returns whether Hibernate can leave an association unloaded: it has to know the id and to have a proxy for it. */
    private static boolean canWait(ToOneAttributeMapping toOne) {
        EntityPersister target = toOne.getAssociatedEntityMappingType().getEntityPersister();
        boolean hasProxy = target.getRepresentationStrategy().getProxyFactory() != null
                || (target.getBytecodeEnhancementMetadata().isEnhancedForLazyLoading() && !target.hasSubclasses());
        return hasProxy
                && toOne.getSideNature() == ForeignKeyDescriptor.Nature.KEY
                && toOne.isReferenceToPrimaryKey()
                && !(toOne.getCardinality() == Cardinality.ONE_TO_ONE && toOne.isOptional())
                && !toOne.hasNotFoundAction()
                && target.getSoftDeleteMapping() == null
                // Bytecode enhancement would leave it out altogether, and load it with a query for each entity.
                && !(toOne.isLazy() && toOne.isOptional());
    }

    /**
     * Adds a join, unless it would close a circle.
     *
     * @return whether it was added
     */
    private boolean join(EntityPersister entity, ToOneAttributeMapping toOne) {
        String from = entity.getRootEntityDescriptor().getEntityName();
        String to =
                toOne.getAssociatedEntityMappingType().getRootEntityDescriptor().getEntityName();
        if (leads(to, from)) {
            return false;
        }
        joins.computeIfAbsent(from, name -> new HashSet<>()).add(to);
        return true;
    }

    private boolean leads(String from, String to) {
        return from.equals(to) || joins.getOrDefault(from, Set.of()).stream().anyMatch(next -> leads(next, to));
    }

    private void put(EntityPersister entity, AttributeMapping attribute, FetchTiming timing) {
        FetchStyle style = timing == FetchTiming.IMMEDIATE ? FetchStyle.JOIN : FetchStyle.SELECT;
        Association association = new Association(entity, attribute.getAttributeName());
        // A subclass has the attribute of its superclass too, which has been planned already.
        byRole.putIfAbsent(OwnedRoles.role(attribute), new Fetch(association, style, timing));
    }
}
