package dev.fullstate.outbox.capture;

import java.sql.Connection;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import org.hibernate.Session;
import org.springframework.core.NestedRuntimeException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

import dev.fullstate.outbox.FullStateEvents;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;

/** Requests at the same time, each with one session for several transactions of every kind. The seed decides what they try. */
final class RandomRequests {

    private static final int MOST_TRANSACTIONS = 6;
    private static final List<String> PRODUCTS = List.of("a", "b", "c");

    private final ShopApplication shop;
    private final List<UUID> ids;
    private final Queue<String> leftovers = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> outcomes = new ConcurrentHashMap<>();

    /** The application's own exception. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** The end of a transaction. */
    private enum End {
        COMMIT,
        ROLLBACK_ONLY,
        EXCEPTION,
        FLUSH_AND_COMMIT,
        FLUSH_AND_ROLLBACK_ONLY,
        FLUSH_AND_EXCEPTION,
        QUERY_AND_COMMIT,
        QUERY_AND_ROLLBACK_ONLY,
        QUERY_AND_EXCEPTION,
        FAILED_COMMIT;

        boolean has(String part) {
            return name().contains(part);
        }
    }

    private enum Change {
        NOTHING,
        ROOT,
        PART,
        NEW_PART,
        COLLECTION,
        DELETE_OR_CREATE,
        SQL,
        SAVEPOINT,
        INNER_TRANSACTION,
        SHARED_SESSION
    }

    RandomRequests(ShopApplication shop, int purchases) {
        this.shop = shop;
        this.ids = IntStream.range(0, purchases).mapToObj(i -> new UUID(0, i)).toList();
    }

    /** Creates the purchases of all requests. */
    void create() {
        ids.forEach(id -> shop.run(em -> em.persist(purchase(id, 0))));
    }

    /** Runs the requests; returns when all are done. */
    void run(long seed, int threads, int requestsEach) throws Exception {
        create();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(seed + thread);
                running.add(executor.submit(() -> {
                    for (int i = 0; i < requestsEach; i++) {
                        runRequest(random);
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            executor.shutdown();
        }
    }

    /** Returns the registrations that transactions left on their sessions, each with the kind of the transaction. */
    List<String> leftovers() {
        return List.copyOf(leftovers);
    }

    /** Returns the number of transactions by their end. */
    Map<String, Integer> outcomes() {
        return new TreeMap<>(outcomes);
    }

    private void runRequest(Random random) {
        try (LongSession session = LongSession.open(shop)) {
            serve(session, random);
        }
    }

    /** Runs one request, on a session that its caller opens and closes. */
    void serve(LongSession session, Random random) {
        int transactions = random.nextInt(1, MOST_TRANSACTIONS + 1);
        for (int i = 0; i < transactions; i++) {
            String kind = transaction(session, random);
            session.leftovers().forEach(left -> leftovers.add(kind + " leaves " + left));
        }
    }

    private String transaction(LongSession session, Random random) {
        Change change = Change.values()[random.nextInt(Change.values().length)];
        End end = End.values()[random.nextInt(End.values().length)];
        UUID id = ids.get(random.nextInt(ids.size()));
        if (random.nextInt(3) == 0) {
            // Loaded before the transaction, as by an interceptor or a converter of the request.
            session.entityManager().find(Purchase.class, id);
        }
        String outcome = "committed";
        try {
            template(random).executeWithoutResult(status -> {
                change(session, change, id, random);
                end(session.entityManager(), end, id, status);
            });
            outcome = end.has("ROLLBACK") ? "rolled back" : outcome;
        } catch (Refused e) {
            outcome = "rolled back";
        } catch (NestedRuntimeException | PersistenceException e) {
            outcome = e.getClass().getSimpleName();
        }
        outcomes.merge(outcome, 1, Integer::sum);
        return change + ", " + end + ", " + outcome;
    }

    private TransactionTemplate template(Random random) {
        TransactionTemplate template = shop.transaction(
                random.nextInt(5) == 0
                        ? TransactionDefinition.ISOLATION_REPEATABLE_READ
                        : TransactionDefinition.ISOLATION_DEFAULT);
        template.setReadOnly(random.nextInt(6) == 0);
        return template;
    }

    private void change(LongSession session, Change change, UUID id, Random random) {
        EntityManager em = session.entityManager();
        int value = random.nextInt(1, 1_000_000);
        Purchase purchase = em.find(Purchase.class, id);
        if (purchase == null) {
            em.persist(purchase(id, value));
            return;
        }
        switch (change) {
            case NOTHING -> {}
            case ROOT -> purchase.setReference("r" + value);
            case PART -> purchase.getLines().stream().findAny().ifPresent(line -> line.setQuantity(value));
            case NEW_PART -> {
                purchase.add(PRODUCTS.get(random.nextInt(PRODUCTS.size())), value);
                if (purchase.getLines().size() > PRODUCTS.size()) {
                    purchase.getLines().remove(0);
                }
            }
            case COLLECTION -> {
                purchase.getNotes().add("n" + value);
                if (purchase.getNotes().size() > PRODUCTS.size()) {
                    purchase.getNotes().remove(0);
                }
            }
            case DELETE_OR_CREATE -> em.remove(purchase);
            case SQL -> {
                int updated = em.createNativeQuery("update purchase set reference = :reference where purchase_id = :id")
                        .setParameter("reference", "s" + value)
                        .setParameter("id", id)
                        .executeUpdate();
                if (updated > 0) {
                    shop.bean(FullStateEvents.class).markChanged(Purchase.class, id);
                }
            }
            case SAVEPOINT -> rollBackToSavepoint(em, purchase, value);
            case INNER_TRANSACTION -> runInnerTransaction(random);
            case SHARED_SESSION -> changeInSharedSession(session, value, random);
        }
    }

    private static void rollBackToSavepoint(EntityManager em, Purchase purchase, int value) {
        Session session = em.unwrap(Session.class);
        Savepoint savepoint = session.doReturningWork(Connection::setSavepoint);
        purchase.setReference("taken back " + value);
        em.flush();
        session.doWork(connection -> connection.rollback(savepoint));
        em.clear();
    }

    /** Runs an inner transaction, on a session of its own, as Spring makes one. */
    private void runInnerTransaction(Random random) {
        int value = random.nextInt(1, 1_000_000);
        UUID other = ids.get(random.nextInt(ids.size()));
        boolean rollback = random.nextBoolean();
        shop.newTransaction().executeWithoutResult(status -> {
            shop.jdbc().sql("set local lock_timeout = '200ms'").update();
            EntityManager em = shop.entityManager();
            Purchase purchase = em.find(Purchase.class, other);
            if (purchase != null) {
                purchase.setReference("i" + value);
                em.flush();
            }
            if (rollback) {
                status.setRollbackOnly();
            }
        });
    }

    private void changeInSharedSession(LongSession session, int value, Random random) {
        UUID other = ids.get(random.nextInt(ids.size()));
        Session parent = session.entityManager().unwrap(Session.class);
        try (Session child = parent.sessionWithOptions().connection().openSession()) {
            session.adoptListeners();
            Purchase purchase = child.find(Purchase.class, other);
            if (purchase != null && random.nextBoolean()) {
                purchase.setReference("c" + value);
                child.flush();
            }
        }
    }

    private static void end(EntityManager em, End end, UUID id, TransactionStatus status) {
        if (end.has("FLUSH")) {
            em.flush();
        }
        if (end.has("QUERY")) {
            em.createQuery("select count(p) from Purchase p where reference = ''", Long.class)
                    .getSingleResult();
        }
        if (end == End.FAILED_COMMIT) {
            // Too long for its column.
            Purchase purchase = em.find(Purchase.class, id);
            if (purchase != null) {
                purchase.setReference("x".repeat(300));
            }
        }
        if (end.has("ROLLBACK")) {
            status.setRollbackOnly();
        }
        if (end.has("EXCEPTION")) {
            throw new Refused();
        }
    }

    private static Purchase purchase(UUID id, int value) {
        Purchase purchase = new Purchase(id, "new" + value, null);
        PRODUCTS.forEach(product -> purchase.add(product, value));
        return purchase;
    }
}
