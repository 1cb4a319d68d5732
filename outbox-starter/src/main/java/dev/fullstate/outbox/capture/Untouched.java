package dev.fullstate.outbox.capture;

import java.lang.reflect.Field;
import java.util.Map;

import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.jpa.event.spi.CallbackRegistry;
import org.hibernate.jpa.event.spi.CallbackType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.OutboxException;

/**
 * Finds entities that were changed while their state was written: a value that a serializer or getter sets would be published,
 * but never stored.
 *
 * <p>Unlike Hibernate's dirty check, this one compares only values that cannot differ by themselves: collections, associations
 * and values of immutable types that are read from their fields. A mutable type without a correct {@code equals}, or a getter
 * that returns another value than was set, makes an entity dirty that no code has touched. So does a {@code @PostLoad} callback.
 */
final class Untouched {

    private Untouched() {}

    /**
     * Compares all entities with the values that were read.
     *
     * @throws OutboxException at the first one that differs
     */
    static void require(PersistenceContext context) {
        CallbackRegistry callbacks =
                context.getSession().getFactory().getEventEngine().getCallbackRegistry();
        for (Map.Entry<Object, EntityEntry> managed : context.reentrantSafeEntityEntries()) {
            EntityEntry entry = managed.getValue();
            Object[] read = entry.getLoadedState();
            Class<?> type = entry.getPersister().getMappedClass();
            if (read != null && !callbacks.hasRegisteredCallbacks(type, CallbackType.POST_LOAD)) {
                require(entry, entry.getPersister().getValues(managed.getKey()), read);
            }
        }
    }

    private static void require(EntityEntry entry, @Nullable Object[] now, @Nullable Object[] read) {
        EntityPersister entity = entry.getPersister();
        for (int i = 0; i < now.length; i++) {
            if (isTouched(entity, i, now[i], read[i])) {
                throw new OutboxException(
                        "Attribute '" + entity.getPropertyNames()[i] + "' of " + entity.getEntityName()
                                + " " + entry.getId()
                                + " was set while its state was written as JSON, so the event would have a"
                                + " value that the database does not have. Code that writes a state (serializers, getters, mapper modules)"
                                + " may only read. Write the wanted value as JSON instead of setting it, or set it where the"
                                + " aggregate is changed");
            }
        }
    }

    private static boolean isTouched(
            EntityPersister entity, int property, @Nullable Object now, @Nullable Object read) {
        if (read instanceof PersistentCollection<?> collection) {
            return now != read || collection.isDirty();
        }
        if (now == read || read == LazyPropertyInitializer.UNFETCHED_PROPERTY) {
            return false;
        }
        Type type = entity.getPropertyTypes()[property];
        return !type.isMutable() && !type.isSame(now, read) && isReadFromItsField(entity, property);
    }

    /**
     * Returns false for values that a getter returns, and for the attributes that Hibernate adds to a part for its owner's
     * foreign key.
     */
    private static boolean isReadFromItsField(EntityPersister entity, int property) {
        return entity.getAttributeMapping(property)
                        .getPropertyAccess()
                        .getGetter()
                        .getMember()
                instanceof Field;
    }
}
