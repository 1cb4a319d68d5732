package dev.fullstate.outbox.republish;

import java.util.ArrayList;
import java.util.List;

import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.query.SelectionQuery;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;

/** Finds the aggregates of one type in a transaction, in the order of their ids and without locks. */
final class AggregateIds {

    private final SessionImplementor session;
    private final Aggregate aggregate;

    AggregateIds(SessionImplementor session, Aggregate aggregate) {
        this.session = session;
        this.aggregate = aggregate;
    }

    long count() {
        return session.createSelectionQuery("select count(*) from " + entity() + " root", Long.class)
                .getSingleResult();
    }

    /** Returns the ids of the next aggregates, as text, up to the end of a range if that is not null. */
    List<String> page(@Nullable String after, @Nullable String end, int limit) {
        SelectionQuery<Object> query = query(after, end);
        return query.setMaxResults(limit).getResultList().stream()
                .map(aggregate::idText)
                .toList();
    }

    /** Returns the last ids, as text, of all ranges of so many aggregates but the last one, which stays open. */
    List<String> ends(int rangeCount, int rangeSize) {
        List<String> ends = new ArrayList<>();
        String end = null;
        while (ends.size() < rangeCount - 1) {
            List<Object> next = query(end, null)
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

    private SelectionQuery<Object> query(@Nullable String after, @Nullable String end) {
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

    private String entity() {
        return aggregate.root().getEntityName();
    }
}
