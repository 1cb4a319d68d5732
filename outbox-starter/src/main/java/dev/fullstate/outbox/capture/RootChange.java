package dev.fullstate.outbox.capture;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.contract.Operation;

/** What a transaction did to one root so far. */
final class RootChange {

    private final Aggregate aggregate;
    private final Object id;
    private final String idText;

    private @Nullable Operation first;
    private @Nullable Operation last;
    private boolean rowSeen;
    private @Nullable Long versionBefore;
    private boolean versionRaised;
    private boolean contentSeen;

    RootChange(Aggregate aggregate, Object id, String idText) {
        this.aggregate = aggregate;
        this.id = id;
        this.idText = idText;
    }

    /**
     * The root's own row is inserted, updated or deleted.
     *
     * @param before its version until now; null if it had none or that is not known
     * @param after its version from now on; null if it has none
     */
    void row(Operation operation, @Nullable Long before, @Nullable Long after) {
        if (!rowSeen) {
            rowSeen = true;
            first = operation; // Whatever its parts did before.
            versionBefore = before;
        }
        mark(operation);
        if (after != null && !after.equals(before)) {
            versionRaised = true;
        }
    }

    /** Something that belongs to the root is changed. */
    void content() {
        contentSeen = true;
        if (last != Operation.DELETE) {
            mark(Operation.UPDATE);
        }
    }

    /** Told to have changed, in a way that nobody has seen: by SQL, which may also have inserted a deleted row again. */
    void told() {
        contentSeen = true;
        mark(Operation.UPDATE);
    }

    private void mark(Operation operation) {
        if (first == null) {
            first = operation;
        }
        last = operation;
    }

    /** All in all: null where nothing is left of it, because the root was created and deleted again. */
    @Nullable
    Operation operation() {
        if (last == Operation.DELETE) {
            return first == Operation.CREATE ? null : Operation.DELETE;
        }
        return first == Operation.CREATE ? Operation.CREATE : Operation.UPDATE;
    }

    /** Whether the row is locked by this transaction, and its version counts this change, without our doing. */
    boolean isLocked() {
        return versionRaised || last == Operation.DELETE;
    }

    /**
     * Whether a version that the row has now is not the one from before: a rollback to a savepoint takes changes back that
     * were marked.
     */
    boolean isChangedAt(long version) {
        boolean replaced = first == Operation.DELETE && last != Operation.DELETE;
        return versionBefore == null || replaced || version > versionBefore;
    }

    /**
     * Whether a row that is still there has the version from before, though maybe not the content: a rollback to a savepoint
     * has taken back the raised version, but not a change of a part; or the mapping's own SQL for a delete has left the row.
     */
    boolean hasLostItsLockAt(long version) {
        boolean maybeChanged = last == Operation.DELETE ? aggregate.deletesBySql() : contentSeen;
        return maybeChanged && !isChangedAt(version);
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
