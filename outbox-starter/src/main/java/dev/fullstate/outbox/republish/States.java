package dev.fullstate.outbox.republish;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.query.SelectionQuery;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.capture.AggregateChange;
import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.reading.StateReader;
import dev.fullstate.outbox.store.OutboxStore;

/**
 * The aggregates of one type in a transaction, their states, and the events that say them.
 *
 * <p>A state is read and written under the lock that every change of an aggregate takes before its commit, so order of commit is
 * order of states: whoever commits later publishes later.
 */
final class States {

    private final SessionImplementor session;
    private final Aggregate aggregate;
    private final StateReader reader;
    private final Envelope envelope;
    private final OutboxStore store;
    private final UUID job;

    States(
            SessionImplementor session,
            Aggregate aggregate,
            StateReader reader,
            Envelope envelope,
            OutboxStore store,
            UUID job) {
        this.session = session;
        this.aggregate = aggregate;
        this.reader = reader;
        this.envelope = envelope;
        this.store = store;
        this.job = job;
    }

    long count() {
        return session.createSelectionQuery("select count(*) from " + entity() + " root", Long.class)
                .getSingleResult();
    }

    /** The ids of the next aggregates, as text, up to the end of a range if that is not null. */
    List<String> page(@Nullable String after, @Nullable String end, int limit) {
        SelectionQuery<Object> query = idQuery(after, end);
        return query.setMaxResults(limit).getResultList().stream()
                .map(aggregate::idText)
                .toList();
    }

    /** The last ids, as text, of all ranges of so many aggregates but the last one, which stays open. */
    List<String> ends(int rangeCount, int rangeSize) {
        List<String> ends = new ArrayList<>();
        String end = null;
        while (ends.size() < rangeCount - 1) {
            List<Object> next = idQuery(end, null)
                    .setFirstResult(rangeSize - 1)
                    .setMaxResults(1)
                    .getResultList();
            if (next.isEmpty()) {
                break;
            }
            end = aggregate.idText(next.get(0));
            ends.add(end);
        }
        return ends;
    }

    private SelectionQuery<Object> idQuery(@Nullable String after, @Nullable String end) {
        String hql = "select id(root) from " + entity() + " root"
                + (after == null && end == null ? "" : " where")
                + (after == null ? "" : " id(root) > :after")
                + (after == null || end == null ? "" : " and")
                + (end == null ? "" : " id(root) <= :end")
                + " order by id(root)";
        SelectionQuery<Object> query = session.createSelectionQuery(hql, Object.class);
        if (after != null) {
            query.setParameter("after", aggregate.parseId(after));
        }
        if (end != null) {
            query.setParameter("end", aggregate.parseId(end));
        }
        return query;
    }

    /** Publishes those that exist and that nobody else has locked; returns which ones, as text. */
    List<String> publishAvailable(List<String> ids) {
        return publish(aggregate.table().lockAvailable(session, parsed(ids)));
    }

    /** Publishes one, waiting for its lock as long as {@code lock_timeout} allows; false if it does not exist. */
    boolean publishWaiting(String id) {
        return !publish(aggregate.table().lockWaiting(session, parsed(List.of(id))))
                .isEmpty();
    }

    /** Publishes the deletion of one that is not there, without a version, as it has none. */
    void publishDeleted(String id) {
        append(List.of(new AggregateChange(aggregate, id, Operation.DELETE, null, null)));
    }

    private List<Object> parsed(List<String> ids) {
        return ids.stream().map(aggregate::parseId).toList();
    }

    private String entity() {
        return aggregate.root().getEntityName();
    }

    /** What is locked may be hidden by its mapping all the same, or be of another kind in the same table. */
    private List<String> publish(List<Object> locked) {
        List<AggregateChange> states = new ArrayList<>();
        for (Object root : reader.read(session, aggregate.root(), locked)) {
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
        List<OutboxEvent> events = envelope.republished(states, job);
        session.doWork(connection -> store.append(connection, events));
    }
}
