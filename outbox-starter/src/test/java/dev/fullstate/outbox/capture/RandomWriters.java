package dev.fullstate.outbox.capture;

import java.sql.Connection;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PessimisticLockException;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.TransactionDefinition;

import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;

/** Writers that make changes of all kinds to few purchases at the same time. The seed decides what each of them tries. */
final class RandomWriters {

    private static final List<String> PRODUCTS = List.of("a", "b", "c");

    private final ShopApplication shop;
    private final List<UUID> ids;
    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();

    /**
     * A transaction.
     *
     * @param purchase that it changed
     * @param refusal  the reason of its failure; empty if it was committed
     */
    private record Attempt(UUID purchase, long began, long ended, String refusal) {}

    RandomWriters(ShopApplication shop, int purchases) {
        this.shop = shop;
        this.ids = IntStream.range(0, purchases).mapToObj(i -> new UUID(0, i)).toList();
    }

    /** Runs the writers; returns when all are done. */
    void run(long seed, int writers, int transactionsEach) throws Exception {
        ids.forEach(id -> shop.run(em -> em.persist(purchase(id, 0))));
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                Random random = new Random(seed + writer);
                running.add(threads.submit(() -> {
                    for (int i = 0; i < transactionsEach; i++) {
                        attempt(random);
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    int committed() {
        return (int)
                attempts.stream().filter(attempt -> attempt.refusal.isEmpty()).count();
    }

    /** Returns the number of committed transactions that ran while another one on the same purchase did. */
    int overlapping() {
        Map<UUID, List<Attempt>> byPurchase = new TreeMap<>();
        attempts.stream()
                .filter(attempt -> attempt.refusal.isEmpty())
                .forEach(attempt -> byPurchase
                        .computeIfAbsent(attempt.purchase, id -> new ArrayList<>())
                        .add(attempt));
        return byPurchase.values().stream().mapToInt(RandomWriters::overlapping).sum();
    }

    private static int overlapping(List<Attempt> ofOnePurchase) {
        ofOnePurchase.sort(Comparator.comparingLong(Attempt::began));
        int overlapping = 0;
        long latestEnd = Long.MIN_VALUE;
        for (Attempt attempt : ofOnePurchase) {
            if (attempt.began < latestEnd) {
                overlapping++;
            }
            latestEnd = Math.max(latestEnd, attempt.ended);
        }
        return overlapping;
    }

    /** Returns the number of failed transactions, by reason. */
    Map<String, Long> refused() {
        Map<String, Long> refused = new TreeMap<>();
        attempts.stream()
                .filter(attempt -> !attempt.refusal.isEmpty())
                .forEach(attempt -> refused.merge(attempt.refusal, 1L, Long::sum));
        return refused;
    }

    private void attempt(Random random) {
        UUID id = ids.get(random.nextInt(ids.size()));
        int isolation = random.nextInt(4) == 0
                ? TransactionDefinition.ISOLATION_REPEATABLE_READ
                : TransactionDefinition.ISOLATION_READ_COMMITTED;
        Consumer<EntityManager> work = work(id, random);
        long began = System.nanoTime();
        String refusal = "";
        try {
            shop.transaction(isolation).executeWithoutResult(status -> work.accept(shop.entityManager()));
        } catch (ConcurrencyFailureException
                | DataIntegrityViolationException
                | EntityNotFoundException
                | OptimisticLockException
                | PessimisticLockException
                | ConstraintViolationException e) {
            // In a flush before the commit the exceptions are JPA's and Hibernate's own.
            refusal = e.getClass().getSimpleName();
        }
        attempts.add(new Attempt(id, began, System.nanoTime(), refusal));
    }

    private Consumer<EntityManager> work(UUID id, Random random) {
        int value = random.nextInt(1, 1_000_000);
        String product = PRODUCTS.get(random.nextInt(PRODUCTS.size()));
        UUID other = ids.get(random.nextInt(ids.size()));
        return switch (random.nextInt(16)) {
            case 0 -> em -> with(em, id, purchase -> purchase.setReference("r" + value));
            case 1, 2, 3 -> em -> withLine(em, id, product, line -> line.setQuantity(value));
            case 4, 5 ->
                em -> withLine(em, id, product, line -> {
                    line.setQuantity(value);
                    // The part is older than its root from here on.
                    line.getPurchase().getReference();
                });
            case 6 -> em -> with(em, id, purchase -> purchase.add(product, value));
            case 7 ->
                em -> with(em, id, purchase -> {
                    if (purchase.getLines().size() > PRODUCTS.size()) {
                        purchase.getLines().remove(0);
                    }
                });
            case 8, 9 -> em -> move(em, id, other, product);
            case 10 -> em -> with(em, id, purchase -> addNote(purchase, "n" + value));
            case 11 -> em -> deleteOrCreate(em, id, value);
            case 12 ->
                em -> with(em, id, purchase -> {
                    em.remove(purchase);
                    em.flush();
                    em.persist(purchase(id, value));
                });
            case 13 ->
                em -> {
                    with(em, id, purchase -> purchase.setReference("f" + value));
                    em.flush();
                    em.clear();
                    withLine(em, id, product, line -> line.setQuantity(value));
                };
            case 14 -> em -> rollBackPartly(em, id, product, value);
            default ->
                em -> {
                    with(em, id, purchase -> purchase.setReference("two" + value));
                    withLine(em, other, product, line -> line.setQuantity(value));
                };
        };
    }

    private static Purchase purchase(UUID id, int value) {
        Purchase purchase = new Purchase(id, "new" + value, null);
        PRODUCTS.forEach(product -> purchase.add(product, value));
        return purchase;
    }

    private static void with(EntityManager em, UUID id, Consumer<Purchase> change) {
        Purchase purchase = em.find(Purchase.class, id);
        if (purchase != null) {
            change.accept(purchase);
        }
    }

    private static void withLine(EntityManager em, UUID id, String product, Consumer<Line> change) {
        em.createQuery("from Line where purchase.id = :id and product = :product order by id", Line.class)
                .setParameter("id", id)
                .setParameter("product", product)
                .setMaxResults(1)
                .getResultList()
                .forEach(change);
    }

    private static void move(EntityManager em, UUID from, UUID to, String product) {
        Purchase target = em.find(Purchase.class, to);
        if (target != null && !from.equals(to)) {
            withLine(em, from, product, line -> line.moveTo(target));
        }
    }

    private static void addNote(Purchase purchase, String note) {
        purchase.getNotes().add(note);
        if (purchase.getNotes().size() > PRODUCTS.size()) {
            purchase.getNotes().remove(0);
        }
    }

    private static void deleteOrCreate(EntityManager em, UUID id, int value) {
        Purchase purchase = em.find(Purchase.class, id);
        if (purchase == null) {
            em.persist(purchase(id, value));
        } else {
            em.remove(purchase);
        }
    }

    private static void rollBackPartly(EntityManager em, UUID id, String product, int value) {
        Session session = em.unwrap(Session.class);
        Savepoint savepoint = session.doReturningWork(Connection::setSavepoint);
        with(em, id, purchase -> purchase.setReference("taken back"));
        em.flush();
        session.doWork(connection -> connection.rollback(savepoint));
        em.clear();
        withLine(em, id, product, line -> line.setQuantity(value));
    }
}
