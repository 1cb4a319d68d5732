package dev.fullstate.outbox.reading;

import java.util.ArrayList;
import java.util.List;

import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** States that a round trip brings, as far as one query after the other can know what to ask for. */
public final class AskedStates {

    private final StateReader reader;
    private final SharedSessionContractImplementor session;
    private final EntityPersister root;
    private final List<?> ids;

    AskedStates(StateReader reader, SharedSessionContractImplementor session, EntityPersister root, List<?> ids) {
        this.reader = reader;
        this.session = session;
        this.root = root;
        this.ids = ids;
    }

    /**
     * Loads what is missing yet, once the trip has been sent: the parts of parts, and what the trip could not know.
     *
     * @return a root for each of the ids, in their order; null for an id without a root
     */
    public List<@Nullable Object> complete() {
        PersistenceContext context = session.getPersistenceContextInternal();
        List<@Nullable Object> roots = new ArrayList<>();
        for (Object id : ids) {
            roots.add(context.getEntity(session.generateEntityKey(id, root)));
        }
        new ReachedState(reader, session).load(roots);
        return roots;
    }
}
