package dev.fullstate.outbox.capture;

import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.OutboxException;

/** The transactions with marks that have not ended yet. Sessions that share a transaction share its marks. Thread-safe. */
final class MarkedTransactions {

    private final Supplier<TransactionChanges> noChanges;
    private final BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit;

    /** Held weakly, because a session may be dropped in mid-transaction; the coordinator itself holds its observer. */
    private final Map<TransactionCoordinator, WeakReference<MarkedTransaction>> open =
            Collections.synchronizedMap(new WeakHashMap<>());

    MarkedTransactions(
            Supplier<TransactionChanges> noChanges,
            BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit) {
        this.noChanges = noChanges;
        this.beforeCommit = beforeCommit;
    }

    /** The marks of the session's transaction; null where it has none. */
    @Nullable
    TransactionChanges marksOf(SharedSessionContractImplementor session) {
        WeakReference<MarkedTransaction> reference = open.get(session.getTransactionCoordinator());
        MarkedTransaction transaction = reference == null ? null : reference.get();
        return transaction == null ? null : transaction.changes();
    }

    /**
     * The same, to add to them.
     *
     * @param entity that was written, for the message
     * @throws OutboxException without a transaction, or when its events are being written, or were
     */
    TransactionChanges toMark(SharedSessionContractImplementor session, EntityPersister entity) {
        TransactionChanges changes = marksOf(session);
        if (changes == null) {
            return begin(session, entity);
        }
        if (changes.isBeingWritten()) {
            throw new OutboxException(
                    "A " + entity.getEntityName() + " was written while the events of this transaction"
                            + " were. What writes the state of an aggregate (serializers, getters, mapper modules, callbacks) may"
                            + " only read. Write it where the aggregate is changed");
        }
        return changes;
    }

    private TransactionChanges begin(SharedSessionContractImplementor session, EntityPersister entity) {
        TransactionCoordinator coordinator = session.getTransactionCoordinator();
        // Not what the session says: a stateless one with a connection of its own always says that it has a
        // transaction.
        if (!coordinator.isTransactionActive()) {
            throw new OutboxException("A " + entity.getEntityName()
                    + " was written without a transaction, so its event could not be written together with it."
                    + " Write it in a transaction");
        }
        TransactionChanges changes = noChanges.get();
        MarkedTransaction transaction =
                new MarkedTransaction(owner(session), changes, beforeCommit, () -> open.remove(coordinator));
        open.put(coordinator, new WeakReference<>(transaction));
        return changes;
    }

    /** A session that shares the transaction of another one may be closed before the commit. */
    private static SharedSessionContractImplementor owner(SharedSessionContractImplementor session) {
        return session.getJdbcCoordinator().getJdbcSessionOwner() instanceof SharedSessionContractImplementor owner
                ? owner
                : session;
    }
}
