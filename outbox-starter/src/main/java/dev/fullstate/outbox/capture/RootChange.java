package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.contract.Operation;

/** The marks of one root in one transaction, summed up. Confined to the transaction's thread. */
final class RootChange {

    private final Aggregate aggregate;
    private final Object id;
    private final String idText;

    /** At least {@link #id}; others are added once the stored ids are known. */
    private final List<Object> idsInMemory = new ArrayList<>();

    /** Null where the id is the one that the database has, so that no mark has to be repeated. */
    private final @Nullable Marks marks;

    /**
     * The first mark; that of the root's own row overrides those of its parts. Null before the first mark, as {@link #last} is.
     */
    private @Nullable Operation first;

    /** The last mark. Once it is a deletion, changes of parts do not replace it: they are deleted with the root. */
    private @Nullable Operation last;

    /**
     * True once a flush has written the root's own row; only then {@link #rowSeenInFlush} and {@link #versionBefore} count.
     */
    private boolean rowSeen;

    /** The last flush that wrote the root's row. A mark of an older flush than the commit's may have been rolled back. */
    private int rowSeenInFlush;

    /** The row's version before this transaction first wrote it; null if there was no row, or the version is not known. */
    private @Nullable Long versionBefore;

    /**
     * True once a statement of this transaction has set or raised the row's version, which locks the row to the end. Back to
     * false if a rollback to a savepoint has undone that.
     */
    private boolean versionRaised;

    /** True once something that belongs to the root has changed, other than by the deletion of the root. */
    private boolean contentSeen;

    /** The first flush that changed something that belongs to the root; does not count before {@link #contentSeen}. */
    private int contentSeenInFlush;

    /** True once the application has named the root: then SQL may have written its row, and the flushes do not tell all. */
    private boolean markedBySql;

    /** False while all marks may be those of an entity of another class, in the same table or hierarchy, with the same id. */
    private boolean isRoot;

    /**
     * True if the row is there with the version that it had before it was deleted: it was deleted softly, which leaves both, or that was taken
     * back. The read of the state tells, and neither raises the version.
     */
    private boolean deletedOrTakenBack;

    /** True if the database has nothing of this transaction's changes to the root. */
    private boolean takenBack;

    /**
     * Begins without a mark.
     *
     * @param marks that each mark is added to; null where the id is the one that the database has
     */
    RootChange(Aggregate aggregate, Object id, String idText, @Nullable Marks marks) {
        this.aggregate = aggregate;
        this.id = id;
        this.idText = idText;
        this.idsInMemory.add(id);
        this.marks = marks;
    }

    /**
     * Marks that the root's own row is inserted, updated or deleted.
     *
     * @param flush number of the flush that does so
     * @param before the row's version until now; null if it had none, or if it is not known
     * @param after the row's version from now on; null if it has none
     */
    void markRow(Operation operation, int flush, @Nullable Long before, @Nullable Long after) {
        note(root -> root.markRow(operation, flush, before, after));
        isRoot = true;
        if (!rowSeen) {
            rowSeen = true;
            first = operation; // Whatever the marks of its parts were.
            versionBefore = before;
        }
        rowSeenInFlush = flush;
        if (operation == Operation.DELETE && contentSeenInFlush == flush) {
            contentSeen = false; // That was the deletion of its parts.
        }
        mark(operation);
        if (after != null && !after.equals(before)) {
            versionRaised = true;
        }
    }

    /**
     * Marks that something is changed that belongs to the root, or to an entity of another class with this id: which one, only the database
     * tells, until {@link #noteIsRoot}.
     */
    void markContentOfRootOrOther(int flush) {
        note(root -> root.markContentOfRootOrOther(flush));
        seeContent(flush);
    }

    /** Marks that something that belongs to the root is changed. */
    void markContent(int flush) {
        note(root -> root.markContent(flush));
        seeContent(flush);
        isRoot = true;
    }

    private void seeContent(int flush) {
        if (!contentSeen) {
            contentSeen = true;
            contentSeenInFlush = flush;
        }
        if (last != Operation.DELETE) {
            mark(Operation.UPDATE);
        }
    }

    /** Marks that the application has named the root as changed by SQL. That SQL may also have inserted a deleted row again. */
    void markBySql() {
        note(RootChange::markBySql);
        markedBySql = true;
        isRoot = true;
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

    /**
     * Returns the sum of the marks; null if nothing is left of them, because the root was created and deleted again, or the
     * changes were taken back.
     */
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

    /**
     * Returns whether this transaction holds the row's lock and the row's version counts this change, as far as the marks tell.
     */
    boolean isLocked() {
        return versionRaised || deletedOrTakenBack || (last == Operation.DELETE && !aggregate.deletesBySql());
    }

    /**
     * Notes the outcome of the statement that locks rows and raises their versions.
     *
     * @param exists whether there is a row
     */
    void locked(boolean exists) {
        if (exists) {
            versionRaised = true;
        } else {
            rowVanished();
        }
    }

    /** Returns whether the database has to tell if the id is the root's at all. */
    boolean isToBeFound() {
        return !isRoot && !takenBack;
    }

    /** Notes the database's answer. */
    void noteIsRoot(boolean found) {
        isRoot = true;
        takenBack = !found;
    }

    /** Returns whether SQL may have written the row. Then it may be this transaction's own although no flush has written it. */
    boolean isMarkedBySql() {
        return markedBySql;
    }

    /** Returns whether the row's marks are older than a flush, so that there was time for a rollback to a savepoint. */
    boolean isOlderThan(int flush) {
        return rowSeen && rowSeenInFlush < flush;
    }

    /**
     * Notes that there is a row, but not the one that this transaction wrote: a rollback to a savepoint has taken that one back,
     * or it was written between savepoints, where a transaction has another number.
     */
    void ownRowLost(long version) {
        versionRaised = false;
        boolean isVersionBefore = !contentSeen && !markedBySql && versionBefore != null && versionBefore == version;
        if (last != Operation.DELETE) {
            // One that was deleted and inserted again has the version of its first state, too.
            takenBack = isVersionBefore && first != Operation.DELETE;
        } else if (isVersionBefore) {
            deletedOrTakenBack = true;
        } else {
            first = Operation.UPDATE;
            last = Operation.UPDATE;
        }
    }

    /**
     * Notes that there is no row. If this transaction did not mark a deletion, another one has deleted the row, and this one has
     * no part in that. A root that the application has marked counts as deleted by its SQL.
     */
    void rowVanished() {
        takenBack = !markedBySql && last != Operation.DELETE;
    }

    /** Returns whether the row's version counts a change of this transaction. */
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

    /** Adds an id by which the session may know the root. */
    void addIdInMemory(Object sessionsId) {
        if (!idsInMemory.contains(sessionsId)) {
            idsInMemory.add(sessionsId);
        }
    }

    /** Returns the ids by which the session may know the root, and the one that the database has. */
    List<Object> idsInMemory() {
        return idsInMemory;
    }

    /** Returns the last committed version of a root that this transaction deletes. */
    @Nullable
    Long versionBefore() {
        return versionBefore;
    }

    @Override
    public String toString() {
        return aggregate.type() + " " + idText;
    }
}
