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

/**
 * The transactions with marks that have not ended yet (docs/adr/0017). Sessions that share a transaction share its marks.
 * Thread-safe.
 */
final class MarkedTransactions {

    private final Supplier<TransactionChanges> noChanges;
    private final BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit;

    /**
     * An entry from the first mark to the end of the transaction. Both sides are weak, because an application may drop a session
     * in mid-transaction; as long as it does not, the coordinator holds its observer.
     */
    private final Map<TransactionCoordinator, WeakReference<MarkedTransaction>> open =
            Collections.synchronizedMap(new WeakHashMap<>());

    MarkedTransactions(
            Supplier<TransactionChanges> noChanges,
            BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit) {
        this.noChanges = noChanges;
        this.beforeCommit = beforeCommit;
    }

    /** Returns the marks of the session's transaction; null if it has none. */
    @Nullable
    TransactionChanges marksOf(SharedSessionContractImplementor session) {
        WeakReference<MarkedTransaction> reference = open.get(session.getTransactionCoordinator());
        MarkedTransaction transaction = reference == null ? null : reference.get();
        return transaction == null ? null : transaction.changes();
    }

    /**
     * Returns the marks of the session's transaction, to add to them. The first call of a transaction begins them.
     *
     * @param entity that was written, for the message
     * @throws OutboxException without a transaction, or once its events are being written
     */
    TransactionChanges toMark(SharedSessionContractImplementor session, EntityPersister entity) {
        TransactionChanges changes = marksOf(session);
        if (changes == null) {
            return begin(session, entity);
        }
        if (changes.isBeingWritten()) {
            throw new OutboxException(
                    "A " + entity.getEntityName() + " was written while the events of this transaction"
                            + " were being written. Code that runs then (serializers, getters, mapper modules, callbacks) may only"
                            + " read. Write the entity where the aggregate is changed");
        }
        return changes;
    }

    private TransactionChanges begin(SharedSessionContractImplementor session, EntityPersister entity) {
        TransactionCoordinator coordinator = session.getTransactionCoordinator();
        // A stateless session with a connection of its own always reports that it has a transaction.
        if (!coordinator.isTransactionActive()) {
            throw new OutboxException("A " + entity.getEntityName()
                    + " was written without a transaction, so its event could not be written together with it."
                    + " Write the entity in a transaction");
        }
        TransactionChanges changes = noChanges.get();
        MarkedTransaction transaction =
                new MarkedTransaction(owner(session), changes, beforeCommit, () -> open.remove(coordinator));
        open.put(coordinator, new WeakReference<>(transaction));
        return changes;
    }

    /** Returns the session that owns the transaction: one that only shares it may be closed before the commit. */
    private static SharedSessionContractImplementor owner(SharedSessionContractImplementor session) {
        return session.getJdbcCoordinator().getJdbcSessionOwner() instanceof SharedSessionContractImplementor owner
                ? owner
                : session;
    }
}
