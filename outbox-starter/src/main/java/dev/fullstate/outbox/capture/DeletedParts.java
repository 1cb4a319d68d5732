package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.persister.entity.EntityPersister;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.OwnerLink;

/**
 * Marks the owners of parts that do not know their owner and are about to be deleted. The database knows the owner until the row
 * is gone. The owners of all parts of a kind that a flush deletes are queried together.
 */
final class DeletedParts implements PreDeleteEventListener {

    private static final long serialVersionUID = 1L;

    private final transient Aggregates aggregates;
    private final transient MarkedTransactions transactions;
    private final transient PresentOwners owners;

    DeletedParts(Aggregates aggregates, MarkedTransactions transactions, PresentOwners owners) {
        this.aggregates = aggregates;
        this.transactions = transactions;
        this.owners = owners;
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        List<OwnerLink> links = aggregates.ownersOf(event.getPersister());
        // A stateless session deletes the object that it is given, which need not have more than an id.
        boolean ownerIsUnknown = event.getSession() instanceof StatelessSession && !hasOwner(event, links);
        for (OwnerLink link : links) {
            if (!link.isKnownToPart() || ownerIsUnknown) {
                markOwners(event, link);
            }
        }
        return false;
    }

    private static boolean hasOwner(PreDeleteEvent event, List<OwnerLink> links) {
        EntityPersister part = event.getPersister();
        Object[] state = part.getValues(event.getEntity());
        return links.stream()
                .anyMatch(link ->
                        link.ownerId(part, event.getId(), event.getEntity(), state, event.getSession()) != null);
    }

    private void markOwners(PreDeleteEvent event, OwnerLink link) {
        EntityPersister part = event.getPersister();
        TransactionChanges changes = transactions.toMark(event.getSession(), part);
        if (!changes.parts().addAsked(new PartChange(part, event.getId(), link))) {
            return;
        }
        List<Object> ids = new ArrayList<>(deletedWith(event));
        ids.removeIf(id -> !id.equals(event.getId()) && !changes.parts().addAsked(new PartChange(part, id, link)));
        owners.mark(event.getSession(), changes, part, link, ids);
    }

    /** Returns the ids of all parts of this kind that the flush has not deleted yet and is going to. */
    private static Set<Object> deletedWith(PreDeleteEvent event) {
        SharedSessionContractImplementor session = event.getSession();
        Set<Object> ids = new LinkedHashSet<>(List.of(event.getId()));
        if (!(session instanceof StatelessSession)) {
            for (Map.Entry<Object, EntityEntry> each :
                    session.getPersistenceContextInternal().reentrantSafeEntityEntries()) {
                EntityEntry entry = each.getValue();
                if (entry.getStatus() == Status.DELETED && entry.getPersister() == event.getPersister()) {
                    ids.add(entry.getId());
                }
            }
        }
        return ids;
    }
}
