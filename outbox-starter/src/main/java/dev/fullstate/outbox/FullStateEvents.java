package dev.fullstate.outbox;

import java.util.Arrays;
import java.util.Collection;

/**
 * Publishes changes that capture cannot see: those that native SQL, JDBC or an allowed bulk statement makes to captured
 * aggregates. A bean of this type exists in each application whose changes are captured.
 *
 * <p>Each named aggregate has exactly one event in the running transaction, whether or not the transaction also changes it
 * through JPA. Its version is raised, under the lock of its row, and its state is read back before the commit, so the SQL may
 * come before or after the call. A transaction that is rolled back has no event.
 */
public interface FullStateEvents {

    /**
     * Marks these aggregates as changed by the running transaction.
     *
     * @param type the class of the aggregate's root, or one that extends it
     * @param ids of the roots whose rows the transaction writes, in their Java type. An aggregate whose row does not exist at the
     *     commit is published as deleted, without a version; an aggregate that SQL has inserted is published as updated
     * @throws IllegalArgumentException if the type is not a captured root, or an id is not of the root's id type
     * @throws IllegalStateException if there is no transaction of the persistence unit that captures the type
     * @throws OutboxException if the transaction changes more aggregates than it may
     */
    void markChanged(Class<?> type, Collection<?> ids);

    /** Marks aggregates as {@link #markChanged(Class, Collection)} does, by single ids. */
    default void markChanged(Class<?> type, Object... ids) {
        markChanged(type, Arrays.asList(ids));
    }
}
