package dev.fullstate.outbox.capture;

import java.util.Collection;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.reading.StateReader;

/** The capture that is attached to a session factory. */
public final class Capture {

    private final MarkedTransactions transactions;

    private Capture(MarkedTransactions transactions) {
        this.transactions = transactions;
    }

    /**
     * Has every transaction of the session factory that changes a captured aggregate hand its changes to the sink before it
     * commits. Hibernate's duplication strategy refuses a second call for the same session factory: two listeners would mean two
     * events per change.
     *
     * @param reader of the aggregates' states
     * @param maxAggregatesPerTransaction number of aggregates that one transaction may change; it fails with the next one
     */
    public static Capture install(
            SessionFactoryImplementor sessionFactory,
            Aggregates aggregates,
            StateReader reader,
            ChangeSink sink,
            int maxAggregatesPerTransaction) {
        MarkedTransactions transactions = new MarkedTransactions(
                () -> new TransactionChanges(aggregates, maxAggregatesPerTransaction),
                (session, changes) -> new BeforeCommit(session, reader, changes).handOver(sink));
        return attach(sessionFactory, aggregates, new PartGuard(aggregates), reader, transactions);
    }

    static Capture attach(
            SessionFactoryImplementor sessionFactory,
            Aggregates aggregates,
            PartGuard guard,
            StateReader reader,
            MarkedTransactions transactions) {
        ChangeListener changes = new ChangeListener(aggregates, transactions);
        PresentOwners owners = new PresentOwners(reader);
        TakenParts taken = new TakenParts(aggregates, transactions, owners);
        EventListenerRegistry registry = sessionFactory.getEventListenerRegistry();
        registry.appendListeners(EventType.AUTO_FLUSH, changes);
        registry.appendListeners(EventType.FLUSH, changes);
        registry.appendListeners(EventType.FLUSH_ENTITY, guard);
        registry.appendListeners(EventType.PRE_UPDATE, guard);
        registry.appendListeners(EventType.PRE_DELETE, guard);
        registry.appendListeners(EventType.PRE_DELETE, new DeletedParts(aggregates, transactions, owners));
        registry.appendListeners(EventType.PRE_COLLECTION_RECREATE, taken);
        registry.appendListeners(EventType.PRE_COLLECTION_UPDATE, taken);
        registry.appendListeners(EventType.PRE_INSERT, taken);
        registry.appendListeners(EventType.PRE_UPDATE, taken);
        registry.appendListeners(EventType.PRE_UPSERT, taken);
        registry.appendListeners(EventType.POST_INSERT, changes);
        registry.appendListeners(EventType.POST_UPDATE, changes);
        registry.appendListeners(EventType.POST_DELETE, changes);
        registry.appendListeners(EventType.POST_UPSERT, changes);
        registry.appendListeners(EventType.POST_COLLECTION_RECREATE, changes);
        registry.appendListeners(EventType.POST_COLLECTION_UPDATE, changes);
        registry.appendListeners(EventType.POST_COLLECTION_REMOVE, changes);
        return new Capture(transactions);
    }

    /**
     * Marks aggregates that the session's transaction has changed, or is going to change, with SQL.
     *
     * @param session with a transaction in progress
     * @param ids of their roots, of the root's id type; an aggregate whose row does not exist before the commit is published as
     *     deleted
     */
    public void markChanged(SharedSessionContractImplementor session, Aggregate aggregate, Collection<?> ids) {
        ids.forEach(id -> transactions
                .toMark(session, aggregate.root())
                .root(aggregate, id)
                .markBySql());
    }
}
