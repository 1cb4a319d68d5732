package dev.fullstate.outbox.republish;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.hibernate.engine.spi.SessionImplementor;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.capture.AggregateChange;
import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.republish.CapturedTypes.CapturedType;
import dev.fullstate.outbox.store.OutboxStore;

/**
 * Locks aggregates of one type in a transaction, reads their states, and writes the events of a job with them.
 *
 * <p>A state is read and written under the lock that every change of an aggregate takes before its commit. So commits come in the order
 * of the states: the transaction that commits later has the later state, and the relay publishes in the order of commits (ADR 2, 7).
 */
final class StatePublisher {

    private final SessionImplementor session;
    private final CapturedType type;
    private final Aggregate aggregate;
    private final OutboxStore store;
    private final UUID job;

    StatePublisher(SessionImplementor session, CapturedType type, OutboxStore store, UUID job) {
        this.session = session;
        this.type = type;
        this.aggregate = type.aggregate();
        this.store = store;
        this.job = job;
    }

    /** Publishes the aggregates that exist and that no other transaction has locked; returns their ids, as text. */
    List<String> publishAvailable(List<String> ids) {
        return publish(aggregate.table().lockAvailable(session, parsed(ids)));
    }

    /** Publishes one, waiting for its lock as long as {@code lock_timeout} allows; returns false if it does not exist. */
    boolean publishWaiting(String id) {
        return !publish(aggregate.table().lockWaiting(session, parsed(List.of(id))))
                .isEmpty();
    }

    /** Publishes the deletion of an aggregate that does not exist, without a version, as it has none. */
    void publishDeleted(String id) {
        append(List.of(new AggregateChange(aggregate, id, Operation.DELETE, null, null)));
    }

    private List<Object> parsed(List<String> ids) {
        return ids.stream().map(aggregate::parseId).toList();
    }

    /** A row that is locked may be hidden by its mapping all the same, or be of another entity in the same table. */
    private List<String> publish(List<Object> locked) {
        List<AggregateChange> states = new ArrayList<>();
        for (Object root : type.unit().reader().read(session, aggregate.root(), locked)) {
            if (root != null) {
                Object id = aggregate.root().getIdentifier(root, session);
                states.add(new AggregateChange(
                        aggregate, aggregate.idText(id), Operation.UPDATE, root, aggregate.version(root)));
            }
        }
        append(states);
        return states.stream().map(AggregateChange::id).toList();
    }

    private void append(List<AggregateChange> states) {
        List<OutboxEvent> events = type.unit().envelope().republished(states, job);
        session.doWork(connection -> store.append(connection, events));
    }
}
