package dev.fullstate.outbox.direct;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.direct.Clinic.ByColumn;
import dev.fullstate.outbox.direct.Clinic.ByTable;
import dev.fullstate.outbox.direct.Clinic.Mapped;
import dev.fullstate.outbox.direct.Clinic.One;
import dev.fullstate.outbox.direct.Clinic.Step;
import dev.fullstate.outbox.direct.Clinic.Visit;
import dev.fullstate.outbox.direct.Clinic.Ward;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A part that is deleted past its owner, or given to another one: the database knows the owner until then. */
class PartsPastTheirOwnerIT {

    static PostgresServer postgres;
    static ShopApplication clinics;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Clinic.class)
    static class Entities {}

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        clinics = ShopApplication.startWith(
                Entities.class, postgres, "direct", "spring.jpa.properties.hibernate.jdbc.batch_size=20");
    }

    @AfterAll
    static void stop() {
        clinics.close();
    }

    /** Creates two clinics, each with a part of each kind, whose ids begin with the clinic's, and a ward. */
    @BeforeEach
    void create() {
        for (String table : List.of("Step", "Visit", "Mapped", "ByColumn")) {
            clinics.run(em -> em.createQuery("from " + table, Object.class)
                    .getResultList()
                    .forEach(em::remove));
        }
        clinics.run(em -> Stream.of("Clinic", "Ward", "One", "ByTable")
                .flatMap(
                        entity -> em.createQuery("from " + entity, Object.class).getResultStream())
                .forEach(em::remove));
        clinics.run(em -> List.of(1, 2).forEach(id -> em.persist(clinic(id))));
        clinics.run(em -> {
            Ward ward = new Ward();
            ward.id = 3;
            ward.byColumn.add(byColumn(30));
            em.persist(ward);
        });
        clinics.forgetOutbox();
    }

    private static Clinic clinic(int id) {
        Clinic clinic = new Clinic();
        clinic.id = id;
        clinic.byColumn.add(byColumn(10 * id));
        clinic.byColumn.add(byColumn(10 * id + 1));
        for (int i = 10 * id; i < 10 * id + 2; i++) {
            Visit visit = new Visit();
            visit.id = i;
            Step step = new Step();
            step.id = i;
            visit.steps.add(step);
            clinic.visits.add(visit);
            Mapped mapped = new Mapped();
            mapped.id = i;
            clinic.mapped.put(i, mapped);
        }
        ByTable byTable = new ByTable();
        byTable.id = 10 * id;
        clinic.byTable.add(byTable);
        clinic.one = new One();
        clinic.one.id = 10 * id;
        return clinic;
    }

    private static ByColumn byColumn(int id) {
        ByColumn part = new ByColumn();
        part.id = id;
        return part;
    }

    /** Returns changes, each with the ids of the aggregates that it changes, in the order of their types. */
    static Stream<Arguments> changes() {
        return Stream.of(
                change("from a list", em -> remove(em, ByColumn.class, 10), "1"),
                change("from a set", em -> remove(em, Visit.class, 20), "2"),
                change("from a map", em -> remove(em, Mapped.class, 11), "1"),
                change("of another kind of owner", em -> remove(em, ByColumn.class, 30), "3"),
                change("two levels down", em -> remove(em, Step.class, 20), "2"),
                change(
                        "several of several owners",
                        em -> {
                            remove(em, ByColumn.class, 10);
                            remove(em, ByColumn.class, 20);
                            remove(em, ByColumn.class, 30);
                            remove(em, Visit.class, 11);
                        },
                        "1",
                        "2",
                        "3"),
                change(
                        "in one flush after the other",
                        em -> {
                            remove(em, ByColumn.class, 10);
                            em.flush();
                            remove(em, ByColumn.class, 20);
                        },
                        "1",
                        "2"),
                change(
                        "with its own parts, and one of another's",
                        em -> {
                            remove(em, Visit.class, 10);
                            remove(em, Step.class, 21);
                        },
                        "1",
                        "2"),
                change(
                        "taken out and deleted",
                        em -> {
                            Clinic clinic = em.find(Clinic.class, 1);
                            em.remove(clinic.byColumn.remove(0));
                        },
                        "1"),
                change(
                        "moved, and deleted later",
                        em -> {
                            Clinic clinic = em.find(Clinic.class, 1);
                            ByColumn part = clinic.byColumn.remove(0);
                            em.find(Clinic.class, 2).byColumn.add(part);
                            em.flush();
                            em.clear();
                            remove(em, ByColumn.class, part.id);
                        },
                        "1",
                        "2"),
                change(
                        "with its owner",
                        em -> {
                            remove(em, ByColumn.class, 10);
                            em.flush();
                            em.clear();
                            em.remove(em.find(Clinic.class, 1));
                        },
                        "1"),
                change(
                        "a part of a deleted owner of one, and one of another",
                        em -> {
                            em.remove(em.find(Clinic.class, 1));
                            remove(em, ByColumn.class, 20);
                        },
                        "1",
                        "2"),
                change(
                        "held by reference, taken away",
                        em -> {
                            Clinic clinic = em.find(Clinic.class, 1);
                            em.remove(clinic.one);
                            clinic.one = null;
                        },
                        "1"),
                change(
                        "from a join table, taken out",
                        em -> {
                            Clinic clinic = em.find(Clinic.class, 1);
                            em.remove(clinic.byTable.remove(0));
                        },
                        "1"),
                change(
                        "given to another owner's list",
                        em -> em.find(Clinic.class, 2).byColumn.add(em.find(ByColumn.class, 10)),
                        "1",
                        "2"),
                change(
                        "given to another owner's set, which has one that is new, too",
                        em -> {
                            Clinic clinic = em.find(Clinic.class, 2);
                            Visit visit = new Visit();
                            visit.id = 22;
                            clinic.visits.add(visit);
                            clinic.visits.add(em.find(Visit.class, 10));
                        },
                        "1",
                        "2"),
                change(
                        "given to another owner's map, known by its id only",
                        em -> em.find(Clinic.class, 2).mapped.put(10, em.getReference(Mapped.class, 10)),
                        "1",
                        "2"),
                change(
                        "given to an owner of another part of another root",
                        em -> em.find(Visit.class, 20).steps.add(em.find(Step.class, 10)),
                        "1",
                        "2"),
                change(
                        "given to another part of the same root",
                        em -> em.find(Visit.class, 11).steps.add(em.find(Step.class, 10)),
                        "1"),
                change(
                        "given to an owner that is new",
                        em -> {
                            Clinic clinic = new Clinic();
                            clinic.id = 4;
                            clinic.byColumn.add(byColumn(40));
                            clinic.byColumn.add(em.find(ByColumn.class, 20));
                            clinic.byColumn.add(em.find(ByColumn.class, 10));
                            em.persist(clinic);
                        },
                        "1",
                        "2",
                        "4"),
                change(
                        "given to another owner in a list that replaces its own",
                        em -> {
                            Clinic clinic = em.find(Clinic.class, 2);
                            clinic.byColumn = new ArrayList<>(clinic.byColumn);
                            clinic.byColumn.add(em.find(ByColumn.class, 10));
                        },
                        "1",
                        "2"),
                change(
                        "given away twice",
                        em -> {
                            em.find(Clinic.class, 2).byColumn.add(em.find(ByColumn.class, 10));
                            em.flush();
                            em.clear();
                            Clinic clinic = new Clinic();
                            clinic.id = 4;
                            clinic.byColumn.add(em.find(ByColumn.class, 10));
                            em.persist(clinic);
                        },
                        "1",
                        "2",
                        "4"),
                change(
                        "new, and given away later",
                        em -> {
                            em.find(Clinic.class, 1).byColumn.add(byColumn(12));
                            em.flush();
                            em.clear();
                            em.find(Clinic.class, 2).byColumn.add(em.find(ByColumn.class, 12));
                        },
                        "1",
                        "2"),
                change(
                        "given to another kind of owner too",
                        em -> em.find(Ward.class, 3).byColumn.add(em.find(ByColumn.class, 10)),
                        "3"),
                change("without an owner", em -> {
                    em.persist(byColumn(99));
                    em.flush();
                    remove(em, ByColumn.class, 99);
                }));
    }

    private static Arguments change(String what, Consumer<EntityManager> work, String... changed) {
        return arguments(what, work, List.of(changed));
    }

    private static <T> void remove(EntityManager em, Class<T> part, int id) {
        em.remove(em.find(part, id));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void ownersThatLoseAPartArePublishedWithoutIt(String what, Consumer<EntityManager> work, List<String> changed) {
        clinics.run(work);

        List<OutboxRow> live = clinics.outbox();
        assertThat(live).extracting(OutboxRow::aggregateId).containsExactlyInAnyOrderElementsOf(changed);
        clinics.run(em -> live.stream()
                .filter(row -> !row.operation().equals("delete"))
                .forEach(row -> assertThat(parts(row)).as(row.payload()).isEqualTo(parts(em, row))));
    }

    private static int parts(OutboxRow row) {
        return row.data().get("byColumn").size()
                + (row.data().has("visits") ? row.data().get("visits").size() : 0)
                + (row.data().has("mapped") ? row.data().get("mapped").size() : 0)
                + (row.data().has("byTable") ? row.data().get("byTable").size() : 0);
    }

    private static int parts(EntityManager em, OutboxRow row) {
        int id = Integer.parseInt(row.aggregateId());
        if (id == 3) {
            return em.find(Ward.class, id).byColumn.size();
        }
        Clinic clinic = em.find(Clinic.class, id);
        return clinic.byColumn.size() + clinic.visits.size() + clinic.mapped.size() + clinic.byTable.size();
    }

    @Test
    void deleteByAStatelessSessionIsPublishedToo() {
        clinics.bean(SessionFactory.class).inStatelessTransaction((StatelessSession session) -> {
            session.delete(session.get(ByColumn.class, 10));
            session.delete(session.get(ByColumn.class, 20));
        });

        assertThat(clinics.outbox()).extracting(OutboxRow::aggregateId).containsExactly("1", "2");
    }

    @Test
    void partGivenToAnotherOwnerByAStatelessSessionIsPublishedToo() {
        clinics.bean(SessionFactory.class).inStatelessTransaction((StatelessSession session) -> {
            Ward ward = session.get(Ward.class, 3);
            session.fetch(ward.byColumn);
            ward.name = "changed";
            session.update(ward);
        });
        assertThat(clinics.outbox()).extracting(OutboxRow::aggregateId).containsExactly("3");

        clinics.bean(SessionFactory.class).inStatelessTransaction((StatelessSession session) -> {
            Ward ward = new Ward();
            ward.id = 5;
            ward.byColumn.add(session.get(ByColumn.class, 30));
            session.insert(ward);
        });
        assertThat(clinics.outbox()).extracting(OutboxRow::aggregateId).containsExactly("3", "3", "5");
        assertThat(clinics.outbox().get(1).data().get("byColumn")).isEmpty();

        clinics.bean(SessionFactory.class).inStatelessTransaction((StatelessSession session) -> {
            Ward ward = session.get(Ward.class, 3);
            ward.byColumn = List.of(session.get(ByColumn.class, 30));
            session.update(ward);
        });
        assertThat(clinics.outbox()).extracting(OutboxRow::aggregateId).containsExactly("3", "3", "5", "3", "5");
    }

    @Test
    void rolledBackDeleteLeavesNoEvent() {
        clinics.transaction().executeWithoutResult(status -> {
            remove(clinics.entityManager(), ByColumn.class, 10);
            clinics.entityManager().flush();
            status.setRollbackOnly();
        });

        assertThat(clinics.outbox()).isEmpty();
    }

    /** The owner that the part is moved to loses it, and is published although it was not the owner when the part was loaded. */
    @Test
    void partDeletedWhileItIsMovedPublishesItsNewOwner() throws Exception {
        CountDownLatch moved = new CountDownLatch(1);
        CountDownLatch loaded = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> mover = other.submit(() -> clinics.run(em -> {
                Clinic from = em.find(Clinic.class, 1);
                em.find(Clinic.class, 2).byColumn.add(from.byColumn.remove(0));
                em.flush();
                moved.countDown();
                await(loaded);
                awaitWaiter();
            }));
            clinics.run(em -> {
                await(moved);
                ByColumn part = em.find(ByColumn.class, 10);
                loaded.countDown();
                em.remove(part);
            });
            mover.get();
        } finally {
            other.shutdown();
        }

        assertThat(clinics.outbox()).extracting(OutboxRow::aggregateId).containsExactly("1", "2", "2");
        assertThat(clinics.outbox().get(2).data().get("byColumn")).hasSize(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(2, java.util.concurrent.TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the other transaction waits for this one. */
    private static void awaitWaiter() {
        long end = System.nanoTime() + java.util.concurrent.TimeUnit.MINUTES.toNanos(2);
        while (clinics.jdbc()
                        .sql("select count(*) from pg_locks where not granted")
                        .query(Long.class)
                        .single()
                == 0) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
