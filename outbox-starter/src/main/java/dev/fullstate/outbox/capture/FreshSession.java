package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.internal.SingleAttributeIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.capture.PartChange.Way;
import dev.fullstate.outbox.reading.AskedStates;
import dev.fullstate.outbox.reading.StateReader;
import dev.fullstate.outbox.session.ReadingSession;
import dev.fullstate.outbox.session.RoundTrip;
import dev.fullstate.outbox.session.SessionConnection;

/**
 * A persistence context of its own on the connection of a session: it sees the rows that the transaction has written, and nothing
 * that the session has in memory or in a cache (docs/adr/0002). Confined to the transaction's thread.
 */
class FreshSession implements AutoCloseable {

    private static final int PARTS_PER_QUERY = 1_000;

    private final SharedSessionContractImplementor session;
    private final StateReader reader;

    /** Null until first needed, then open until {@link #close()}. It must not flush: it writes nothing. */
    private @Nullable SessionImplementor fresh;

    FreshSession(SharedSessionContractImplementor session, StateReader reader) {
        this.session = session;
        this.reader = reader;
    }

    /** Begins a round trip to the database. */
    RoundTrip roundTrip() {
        return reader.roundTrip(open());
    }

    /**
     * Asks for the roots with these ids, with their whole states.
     *
     * @param trip that is sent before the states are completed
     * @param expected those of the ids whose roots are probably there
     */
    AskedStates ask(RoundTrip trip, EntityPersister root, List<Object> ids, Collection<Object> expected) {
        return reader.ask(trip, open(), root, ids, expected);
    }

    /** Returns the ids of the owners of these parts. */
    List<Object> ownersOf(Way way, List<Object> parts) {
        return inPages(parts, page -> someOwnersOf(way, page));
    }

    /** Returns those of these ids that are a root's, and not those of another class. */
    List<Object> existing(EntityPersister root, List<Object> ids) {
        String query = "select id(o) from " + root.getEntityName() + " o where ";
        return inPages(ids, page -> whereIn(query, root, "o", page));
    }

    private static List<Object> inPages(List<Object> ids, Function<List<Object>, List<Object>> query) {
        List<Object> found = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += PARTS_PER_QUERY) {
            found.addAll(query.apply(ids.subList(from, Math.min(ids.size(), from + PARTS_PER_QUERY))));
        }
        return found;
    }

    private List<Object> someOwnersOf(Way way, List<Object> parts) {
        String query = "select distinct id(o) from " + way.link().owner().getEntityName() + " o join o."
                + way.link().attributePath() + " p where ";
        return whereIn(query, way.part(), "p", parts);
    }

    private List<Object> whereIn(String query, EntityPersister entity, String alias, List<Object> ids) {
        // Hibernate compares ids of one attribute only; otherwise it compares entities.
        boolean byId = entity.getIdentifierMapping() instanceof SingleAttributeIdentifierMapping;
        List<Object> keys = byId
                ? ids
                : ids.stream()
                        .map(id -> open().getReference(entity.getEntityName(), id))
                        .toList();
        return open().createSelectionQuery(query + (byId ? "id(" + alias + ")" : alias) + " in :keys", Object.class)
                .setParameterList("keys", keys)
                .getResultList();
    }

    /** Forgets the entities that were read, to read them again. */
    void clear() {
        if (fresh != null) {
            fresh.clear();
        }
    }

    /**
     * Makes sure that the serializers of the states only read them.
     *
     * @throws dev.fullstate.outbox.OutboxException if an entity is not as it was read; the message names the entity
     */
    void requireUntouched() {
        if (fresh != null) {
            Untouched.require(fresh.getPersistenceContextInternal());
        }
    }

    SessionImplementor open() {
        if (fresh == null) {
            fresh = ReadingSession.open(session.getFactory(), SessionConnection.of(session), session.getJdbcTimeZone());
        }
        return fresh;
    }

    @Override
    public void close() {
        if (fresh != null) {
            fresh.close();
        }
    }
}
