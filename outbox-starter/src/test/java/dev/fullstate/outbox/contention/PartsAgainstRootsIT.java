package dev.fullstate.outbox.contention;

import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import org.hibernate.Hibernate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;

import dev.fullstate.outbox.contention.Page.Note;
import dev.fullstate.outbox.contention.Page.Task;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two transactions on one aggregate, which both have loaded: the first one writes and then commits, and the second one writes
 * before that commit. The guarantees have the same table.
 */
class PartsAgainstRootsIT {

    static PostgresServer postgres;
    static ShopApplication pages;
    static int pageIds;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Page.class)
    static class Entities {}

    /** The ends of the second transaction for each change of the first one, in the order of {@link Change}. */
    private static final String OUTCOMES = """
            EDIT_ROOT: waits-stale waits-ok waits-ok waits-ok waits-ok waits-stale waits-stale
            EDIT_PART: ok %s ok ok ok waits-stale ok
            ADD_PART: ok ok ok ok ok waits-stale ok
            REMOVE_PART: ok ok ok waits-stale ok waits-stale ok
            MOVE_PART: ok ok ok ok waits-stale waits-stale ok
            DELETE_ROOT: waits-stale waits-stale waits-DataIntegrityViolationException waits-stale waits-stale waits-stale waits-stale
            SAVE_FORM: waits-stale waits-ok waits-ok waits-ok waits-ok waits-stale waits-stale
            """;

    private enum Kind {
        WITHOUT_VERSION,
        WITH_VERSION
    }

    /** A change of a page by a transaction. */
    private enum Change {
        EDIT_ROOT {
            @Override
            void apply(EntityManager em, Kind kind, Loaded loaded) {
                loaded.page(em).title = "edited";
            }
        },
        EDIT_PART {
            @Override
            void apply(EntityManager em, Kind kind, Loaded loaded) {
                if (kind == Kind.WITHOUT_VERSION) {
                    loaded.page(em).notes.get(0).text += "!";
                } else {
                    loaded.page(em).tasks.get(0).text += "!";
                }
            }
        },
        ADD_PART {
            @Override
            void apply(EntityManager em, Kind kind, Loaded loaded) {
                add(loaded.page(em), kind);
            }
        },
        REMOVE_PART {
            @Override
            void apply(EntityManager em, Kind kind, Loaded loaded) {
                if (kind == Kind.WITHOUT_VERSION) {
                    loaded.page(em).notes.remove(1);
                } else {
                    loaded.page(em).tasks.remove(1);
                }
            }
        },
        MOVE_PART {
            @Override
            void apply(EntityManager em, Kind kind, Loaded loaded) {
                Page other = em.find(Page.class, loaded.id + 1);
                if (kind == Kind.WITHOUT_VERSION) {
                    loaded.page(em).notes.get(2).page = other;
                } else {
                    loaded.page(em).tasks.get(2).page = other;
                }
            }
        },
        DELETE_ROOT {
            @Override
            void apply(EntityManager em, Kind kind, Loaded loaded) {
                em.remove(loaded.page(em));
            }
        },
        /** Saves a form that was filled from the page before either transaction. */
        SAVE_FORM {
            @Override
            void apply(EntityManager em, Kind kind, Loaded loaded) {
                Page form = new Page();
                form.id = loaded.id;
                form.version = loaded.version;
                form.title = "form";
                form.notes = loaded.page(em).notes;
                form.tasks = loaded.page(em).tasks;
                em.merge(form);
            }
        };

        abstract void apply(EntityManager em, Kind kind, Loaded loaded);
    }

    /** The page as a transaction has loaded it. */
    private record Loaded(int id, int version) {

        Page page(EntityManager em) {
            return em.find(Page.class, id);
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        postgres = PostgresServer.start(0, Map.of("deadlock_timeout", "50ms"));
        pages = ShopApplication.startWith(Entities.class, postgres, "contention", "logging.level.org.hibernate=off");
    }

    @AfterAll
    static void stop() {
        pages.close();
        postgres.close();
    }

    @ParameterizedTest
    @EnumSource
    void secondTransactionEndsAsTheTableShows(Kind kind) throws Exception {
        String table = "";
        for (Change first : Change.values()) {
            table += first + ": ";
            for (Change second : Change.values()) {
                table += outcome(kind, first, second) + " ";
            }
            table = table.strip() + "\n";
        }
        assertThat(table).isEqualTo(OUTCOMES.replace("%s", kind == Kind.WITHOUT_VERSION ? "waits-ok" : "waits-stale"));
    }

    private static String outcome(Kind kind, Change first, Change second) throws Exception {
        int id = newPages(kind);
        int version = pages.<Integer>call(em -> em.find(Page.class, id).version);
        Loaded loaded = new Loaded(id, version);
        CountDownLatch written = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<String> other = thread.submit(() -> {
                try {
                    pages.run(em -> {
                        load(em, loaded);
                        await(written);
                        second.apply(em, kind, loaded);
                    });
                    return "ok";
                } catch (DataAccessException | PersistenceException e) {
                    return e.getClass().getSimpleName().contains("Lock")
                                    && e.getClass().getSimpleName().contains("Optimistic")
                            ? "stale"
                            : e.getClass().getSimpleName();
                }
            });
            boolean[] waited = new boolean[1];
            String own = "";
            try {
                pages.run(em -> {
                    load(em, loaded);
                    first.apply(em, kind, loaded);
                    em.flush();
                    written.countDown();
                    waited[0] = waitsOrEnds(other);
                });
            } catch (DataAccessException | PersistenceException e) {
                own = "/first:" + e.getClass().getSimpleName();
            }
            String outcome = (waited[0] ? "waits-" : "") + other.get() + own;
            assertLastEventsAreTheState(id);
            return outcome;
        } finally {
            thread.shutdown();
        }
    }

    /** Loads the page with all of its parts, and the page after it. */
    private static void load(EntityManager em, Loaded loaded) {
        Page page = loaded.page(em);
        Hibernate.initialize(page.notes);
        Hibernate.initialize(page.tasks);
        em.find(Page.class, loaded.id + 1);
    }

    private static int newPages(Kind kind) {
        int id = 2 * ++pageIds;
        pages.run(em -> {
            for (int i = id; i < id + 2; i++) {
                Page page = new Page();
                page.id = i;
                em.persist(page);
                for (int part = 0; part < 3; part++) {
                    add(page, kind);
                }
            }
        });
        return id;
    }

    private static void add(Page page, Kind kind) {
        if (kind == Kind.WITHOUT_VERSION) {
            Note note = new Note();
            note.page = page;
            page.notes.add(note);
        } else {
            Task task = new Task();
            task.page = page;
            page.tasks.add(task);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns whether the other transaction waits for this one; it may also end without waiting. */
    private static boolean waitsOrEnds(Future<?> other) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!other.isDone()) {
            assertThat(System.nanoTime()).isLessThan(end);
            if (pages.jdbc()
                            .sql(
                                    "select count(*) from pg_locks where not granted and locktype in ('transactionid', 'tuple')")
                            .query(Long.class)
                            .single()
                    > 0) {
                return true;
            }
        }
        return false;
    }

    private static void assertLastEventsAreTheState(int id) {
        Map<String, OutboxRow> last = Stream.of(id, id + 1)
                .flatMap(page -> pages.outbox(page).stream())
                .collect(Collectors.toMap(OutboxRow::aggregateId, row -> row, (earlier, later) -> later));
        pages.run(em -> last.forEach((key, row) -> {
            Page page = em.find(Page.class, Integer.valueOf(key));
            if (page == null) {
                assertThat(row.operation()).isEqualTo("delete");
            } else {
                assertThat(row.entityVersion()).isEqualTo(page.version);
                assertThat(row.data().get("title").asString()).isEqualTo(page.title);
                assertThat(row.data().get("notes")).hasSize(page.notes.size());
                assertThat(row.data().get("tasks")).hasSize(page.tasks.size());
                assertThat(row.data()
                                .get("notes")
                                .valueStream()
                                .map(note -> note.get("text").asString())
                                .toList())
                        .containsExactlyInAnyOrderElementsOf(
                                page.notes.stream().map(note -> note.text).toList());
            }
        }));
    }
}
