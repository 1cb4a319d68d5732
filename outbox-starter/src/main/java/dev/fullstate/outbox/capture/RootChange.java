package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.contract.Operation;

/** What a transaction did to one root so far. */
final class RootChange {

    private final Aggregate aggregate;
    private final Object id;
    private final String idText;
    private final List<Object> idsInMemory = new ArrayList<>();
    private final @Nullable Marks marks;

    private @Nullable Operation first;
    private @Nullable Operation last;
    private boolean rowSeen;
    private int rowSeenInFlush;
    private @Nullable Long versionBefore;
    private boolean versionRaised;
    private boolean contentSeen;
    private int contentSeenInFlush;
    private boolean told;
    private boolean takenBack;

    /** @param marks where to note each mark; null where the id is the one that the database has */
    RootChange(Aggregate aggregate, Object id, String idText, @Nullable Marks marks) {
        this.aggregate = aggregate;
        this.id = id;
        this.idText = idText;
        this.idsInMemory.add(id);
        this.marks = marks;
    }

    /**
     * The root's own row is inserted, updated or deleted.
     *
     * @param flush the number of the flush that does so
     * @param before its version until now; null if it had none or that is not known
     * @param after its version from now on; null if it has none
     */
    void row(Operation operation, int flush, @Nullable Long before, @Nullable Long after) {
        note(root -> root.row(operation, flush, before, after));
        if (!rowSeen) {
            rowSeen = true;
            first = operation; // Whatever its parts did before.
            versionBefore = before;
        }
        rowSeenInFlush = flush;
        if (operation == Operation.DELETE && contentSeenInFlush == flush) {
            contentSeen = false; // It was the deletion of what belongs to the root.
        }
        mark(operation);
        if (after != null && !after.equals(before)) {
            versionRaised = true;
        }
    }

    /** Something that belongs to the root is changed. */
    void content(int flush) {
        note(root -> root.content(flush));
        if (!contentSeen) {
            contentSeen = true;
            contentSeenInFlush = flush;
        }
        if (last != Operation.DELETE) {
            mark(Operation.UPDATE);
        }
    }

    /** Told to have changed, in a way that nobody has seen: by SQL, which may also have inserted a deleted row again. */
    void told() {
        note(RootChange::told);
        told = true;
        mark(Operation.UPDATE);
    }

    private void note(Consumer<RootChange> mark) {
        if (marks != null) {
            marks.add(this, mark);
        }
    }

    private void mark(Operation operation) {
        if (first == null) {
            first = operation;
        }
        last = operation;
    }

    /** All in all: null where nothing is left of it, because it was created and deleted again, or taken back. */
    @Nullable
    Operation operation() {
        if (takenBack) {
            return null;
        }
        if (last == Operation.DELETE) {
            return first == Operation.CREATE ? null : Operation.DELETE;
        }
        return first == Operation.CREATE ? Operation.CREATE : Operation.UPDATE;
    }

    /** Whether the row is locked by this transaction, and its version counts this change, as far as the marks tell. */
    boolean isLocked() {
        return versionRaised || (last == Operation.DELETE && !aggregate.deletesBySql());
    }

    /** Our own statement has locked the row, and raised its version, if there is one. */
    void locked(boolean exists) {
        if (exists) {
            versionRaised = true;
        } else {
            isGone();
        }
    }

    /** Whether the row can be this transaction's own by SQL, so that it says nothing about what a flush has written. */
    boolean isTold() {
        return told;
    }

    /** Whether something other than a flush can have come after what the row's marks tell. */
    boolean isOlderThan(int flush) {
        return rowSeen && rowSeenInFlush < flush;
    }

    /**
     * There is a row, but it is not what this transaction has written itself: a rollback to a savepoint has taken that back,
     * or it was written between savepoints, where transactions have other numbers.
     */
    void isNotOwnAt(long version) {
        if (last == Operation.DELETE) {
            last = Operation.UPDATE;
            first = Operation.UPDATE;
        }
        versionRaised = false;
        takenBack = !contentSeen && !told && versionBefore != null && versionBefore == version;
    }

    /**
     * There is no row, although this transaction did not mark its deletion: another one has deleted it, and this one has no part
     * in that, nor a lock. Of what was changed by SQL only the application knows: that is a deletion.
     */
    void isGone() {
        takenBack = !told && last != Operation.DELETE;
    }

    /** Whether the version of the row counts a change of this transaction. */
    boolean isPublished() {
        return versionRaised;
    }

    Aggregate aggregate() {
        return aggregate;
    }

    Object id() {
        return id;
    }

    String idText() {
        return idText;
    }

    /** The session may know the root by this id. */
    void isInMemoryAs(Object sessionsId) {
        if (!idsInMemory.contains(sessionsId)) {
            idsInMemory.add(sessionsId);
        }
    }

    /** The ids by which the session may know the root, and the one that the database has. */
    List<Object> idsInMemory() {
        return idsInMemory;
    }

    /** Of a deleted root: the last version that was committed. */
    @Nullable
    Long versionBefore() {
        return versionBefore;
    }

    @Override
    public String toString() {
        return aggregate.type() + " " + idText;
    }
}
