package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.event.spi.EventSource;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import dev.fullstate.outbox.shop.ShopApplication;

import static java.util.Objects.requireNonNull;

/** A session that outlives its transactions, bound to the thread as open-in-view binds one for each request. */
final class LongSession implements AutoCloseable {

    private final EntityManagerFactory factory;
    private final EntityManager entityManager;
    private List<Object> knownListeners;

    private LongSession(EntityManagerFactory factory, EntityManager entityManager) {
        this.factory = factory;
        this.entityManager = entityManager;
        this.knownListeners = listeners();
    }

    /** Opens a session and binds it to the thread. */
    static LongSession open(ShopApplication shop) {
        EntityManagerFactory factory = shop.bean(EntityManagerFactory.class);
        EntityManager entityManager = factory.createEntityManager();
        TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(entityManager));
        return new LongSession(factory, entityManager);
    }

    /** Returns the session of the request that is being served; its caller does not close it. */
    static LongSession ofRequest(ShopApplication shop) {
        EntityManagerFactory factory = shop.bean(EntityManagerFactory.class);
        EntityManagerHolder holder = (EntityManagerHolder) TransactionSynchronizationManager.getResource(factory);
        return new LongSession(factory, holder.getEntityManager());
    }

    EntityManager entityManager() {
        return entityManager;
    }

    /**
     * Takes the present registrations on the session for the application's own: Hibernate keeps a listener of each session that
     * shares it.
     */
    void adoptListeners() {
        knownListeners = listeners();
    }

    /**
     * Returns the registrations that were added to the session since it was opened and are still there; between transactions
     * there must be none.
     */
    List<Object> leftovers() {
        List<Object> left = listeners();
        left.removeAll(knownListeners);
        EventSource session = entityManager.unwrap(EventSource.class);
        Object coordinator = ReflectionTestUtils.getField(session.getTransactionCoordinator(), "original");
        Object observers = ReflectionTestUtils.getField(requireNonNull(coordinator), "observers");
        if (observers != null) {
            left.addAll((Collection<?>) observers);
        }
        if (session.getActionQueue().hasBeforeTransactionActions()
                || session.getActionQueue().hasAfterTransactionActions()) {
            left.add(session.getTransactionCompletionCallbacks());
        }
        return left;
    }

    private List<Object> listeners() {
        Object manager = entityManager.unwrap(SessionImplementor.class).getEventListenerManager();
        Object[] listeners = (Object[]) ReflectionTestUtils.getField(manager, "listeners");
        List<Object> list = new ArrayList<>();
        if (listeners != null) {
            Collections.addAll(list, listeners);
        }
        return list;
    }

    @Override
    public void close() {
        TransactionSynchronizationManager.unbindResource(factory);
        entityManager.close();
    }
}
