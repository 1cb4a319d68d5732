package dev.fullstate.outbox.capture;

import java.util.concurrent.atomic.AtomicLong;

import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.event.spi.PostLoadEvent;
import org.hibernate.event.spi.PostLoadEventListener;

import dev.fullstate.outbox.aggregate.Aggregates;

/**
 * Notes the order in which roots and parts are loaded: a part that is older than its root may miss a change that the root's
 * version already counts.
 */
final class LoadListener implements PostLoadEventListener {

    private static final long serialVersionUID = 1L;

    private final transient Aggregates aggregates;
    private final AtomicLong clock = new AtomicLong();

    LoadListener(Aggregates aggregates) {
        this.aggregates = aggregates;
    }

    @Override
    public void onPostLoad(PostLoadEvent event) {
        if (!aggregates.concern(event.getPersister())) {
            return;
        }
        EntityEntry entry = event.getSession().getPersistenceContextInternal().getEntry(event.getEntity());
        if (entry != null) {
            LoadOrder.note(entry, clock.incrementAndGet());
        }
    }
}
