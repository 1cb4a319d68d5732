package dev.fullstate.outbox.capture;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.hibernate.Hibernate;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.Attribute;
import dev.fullstate.outbox.aggregate.ManagedType;

/** Walks from a root over everything that it owns, loading what is not loaded yet. */
final class OwnedParts {

    private final Aggregates aggregates;

    OwnedParts(Aggregates aggregates) {
        this.aggregates = aggregates;
    }

    /** Whether the root's parts in this persistence context are what the database has of them; loads the missing ones. */
    boolean areCurrent(Object root, EntityEntry rootEntry, PersistenceContext context) {
        Deque<Object> toVisit = new ArrayDeque<>(List.of(root));
        Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        while (!toVisit.isEmpty()) {
            Object holder = toVisit.remove();
            if (!visited.add(holder)) {
                continue;
            }
            EntityEntry entry = context.getEntry(holder);
            if (entry != null && !LoadOrder.isAtLeastAsNew(entry, rootEntry)) {
                return false;
            }
            ManagedType type = aggregates.managedType(holder.getClass());
            if (type != null) {
                for (Attribute attribute : type.attributes().values()) {
                    if (!addOwned(holder, attribute, toVisit)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Whether each part that the holder shows refers back to it, which is what the database goes by. */
    private static boolean addOwned(Object holder, Attribute attribute, Deque<Object> toVisit) {
        boolean association = attribute.target() != null;
        if (attribute.mapping() == null || (association && attribute.role() != Attribute.Role.OWNED)) {
            return true;
        }
        Object value = attribute.mapping().getPropertyAccess().getGetter().get(holder);
        Hibernate.initialize(value);
        for (Object part : Elements.of(value)) {
            toVisit.add(part);
            if (!refersTo(holder, part, attribute)) {
                return false;
            }
        }
        return true;
    }

    private static boolean refersTo(Object holder, Object part, Attribute attribute) {
        if (attribute.target() == null || attribute.mappedBy() == null) {
            return true;
        }
        return Hibernate.unproxy(attribute.target().getPropertyValue(part, attribute.mappedBy())) == holder;
    }
}
