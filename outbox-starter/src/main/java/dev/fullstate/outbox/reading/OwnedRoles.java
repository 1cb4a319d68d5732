package dev.fullstate.outbox.reading;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.metamodel.mapping.ModelPartContainer;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.OwnerLink;

/** The associations that lead from an owner to its parts, by Hibernate's names for them. */
final class OwnedRoles {

    private final Set<String> roles = new HashSet<>();

    OwnedRoles(SessionFactoryImplementor sessionFactory, Aggregates aggregates) {
        sessionFactory
                .getMappingMetamodel()
                .forEachEntityDescriptor(entity -> aggregates.ownersOf(entity).forEach(this::add));
    }

    private void add(OwnerLink link) {
        ModelPart part = link.owner();
        for (String name : List.of(link.attributePath().split("\\."))) {
            part = part instanceof ModelPartContainer container ? container.findSubPart(name, null) : null;
        }
        String role = part instanceof AttributeMapping attribute ? role(attribute) : null;
        if (role == null) {
            throw new IllegalStateException("No attribute " + link.attributePath() + " in "
                    + link.owner().getEntityName());
        }
        roles.add(role);
    }

    boolean contains(AttributeMapping association) {
        return roles.contains(role(association));
    }

    static String role(ModelPart part) {
        return part.getNavigableRole().getFullPath();
    }
}
