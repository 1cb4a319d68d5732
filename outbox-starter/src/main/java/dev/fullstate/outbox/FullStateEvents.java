package dev.fullstate.outbox;

import java.util.Arrays;
import java.util.Collection;

/**
 * Publishes what cannot be seen: changes that native SQL, JDBC or an allowed bulk statement makes to captured aggregates. A bean
 * of this type exists wherever changes are captured.
 *
 * <p>Each named aggregate has exactly one event in the running transaction, whether or not the transaction also changes it
 * through JPA. Its version is raised, under the lock of its row, and its state is read back before the commit; so it does not
 * matter whether the SQL comes before or after the call. With a rollback there is no event.
 */
public interface FullStateEvents {

    /**
     * Says that the running transaction changes these aggregates.
     *
     * @param type the class of the aggregate's root, or one that extends it
     * @param ids of the roots, in their Java type, of rows that the transaction writes: an aggregate whose row does not exist
     *     at the commit is published as deleted, without a version; one that SQL has inserted as updated
     * @throws IllegalArgumentException if the type is not a captured root, or an id is not of the root's id type
     * @throws IllegalStateException if there is no transaction of the persistence unit that captures the type
     * @throws OutboxException if the transaction changes more aggregates than it may
     */
    void markChanged(Class<?> type, Collection<?> ids);

    /** The same, for ids that are known one by one. */
    default void markChanged(Class<?> type, Object... ids) {
        markChanged(type, Arrays.asList(ids));
    }
}
