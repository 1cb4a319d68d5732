package dev.fullstate.outbox.commit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;

import jakarta.persistence.EntityManager;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import org.hibernate.Session;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.CountedStatements;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Commits in one request with the events, beside commits that Hibernate sends by itself: however a transaction ends, both end in the same
 * way, for the caller, for synchronizations and in the database.
 */
class CommitWithTheEventsIT {

    private static final String EVENTS_AND_COMMIT = "insert into \"public\".\"outbox\"; commit";
    private static final String EVENTS = "insert into \"public\".\"outbox\"";

    static final Map<Way, ShopApplication> shops = new EnumMap<>(Way.class);
    static final Map<Way, LostAnswers> lost = new EnumMap<>(Way.class);
    static PostgresServer postgres;

    /** Whether the commit travels with the events. */
    private enum Way {
        TOGETHER,
        APART
    }

    @Configuration(proxyBeanMethods = false)
    @Import(CountedStatements.Counting.class)
    static class Watched {

        @Bean
        static LostAnswers lostAnswers() {
            return new LostAnswers();
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        for (Way way : Way.values()) {
            ShopApplication shop = ShopApplication.startWith(
                    Watched.class,
                    postgres,
                    "commit_" + way.name().toLowerCase(Locale.ROOT),
                    "outbox.capture.pipelining=" + (way == Way.TOGETHER),
                    "logging.level.org.hibernate=off",
                    "logging.level.com.zaxxer=off");
            shops.put(way, shop);
            lost.put(way, shop.bean(LostAnswers.class));
            shop.jdbc()
                    .sql("alter table purchase add constraint unique_reference unique (reference)"
                            + " deferrable initially deferred")
                    .update();
            shop.jdbc().sql("""
                            create function refuse() returns trigger language plpgsql as $$
                            begin
                                if new.reference = 'raise' then raise 'refused';
                                elsif new.reference = 'conflict' then raise 'refused' using errcode = '40001';
                                elsif new.reference = 'terminate' then
                                    perform pg_terminate_backend(pg_backend_pid());
                                    perform pg_sleep(10);
                                end if;
                                return null;
                            end $$
                            """).update();
            shop.jdbc().sql("""
                            create constraint trigger refused after insert or update on purchase
                            deferrable initially deferred for each row execute function refuse()
                            """).update();
            shop.jdbc()
                    .sql("alter table outbox add constraint refused check (payload not like '%\"refused\"%')")
                    .update();
        }
    }

    @AfterAll
    static void stop() {
        shops.values().forEach(ShopApplication::close);
    }

    /** How a transaction ends that sets the reference of a purchase. */
    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private enum Ending {
        COMMITTED((way, em) -> {}),
        DEFERRED_CONSTRAINT_FAILS((way, em) -> em.persist(new Purchase("DEFERRED_CONSTRAINT_FAILS", null))),
        TRIGGER_RAISES_AT_COMMIT((way, em) -> em.persist(new Purchase("raise", null))),
        SERIALIZATION_FAILS_AT_COMMIT((way, em) -> em.persist(new Purchase("conflict", null))),
        SERVER_PROCESS_ENDS_AT_COMMIT((way, em) -> em.persist(new Purchase("terminate", null))),
        EVENT_IS_REFUSED((way, em) -> em.persist(new Purchase("refused", null))),
        ANSWER_IS_LOST((way, em) -> lost.get(way).loseTheNext()),
        STATEMENT_HAD_FAILED((way, em) -> assertThatThrownBy(
                        () -> em.createNativeQuery("select 1 / 0").getResultList())
                .hasStackTraceContaining("division by zero")),
        SAVEPOINT_IS_LEFT((way, em) -> em.unwrap(Session.class).doWork(Connection::setSavepoint));

        private final BiConsumer<Way, EntityManager> work;

        Ending(BiConsumer<Way, EntityManager> work) {
            this.work = work;
        }
    }

    /**
     * What is seen of an ending.
     *
     * @param failure classes of the exception and its causes, and the database's code
     * @param status that synchronizations got
     * @param committed whether the database has the purchase
     * @param events of the purchase
     */
    private record Seen(List<String> failure, List<Integer> status, boolean committed, int events) {}

    @ParameterizedTest
    @EnumSource
    void transactionEndsAsIfTheCommitWereSentByItself(Ending ending) {
        Seen together = end(Way.TOGETHER, ending);
        Seen apart = end(Way.APART, ending);

        assertThat(together).isEqualTo(apart);
        assertThat(together.events).isEqualTo(together.committed ? 1 : 0);
    }

    private static Seen end(Way way, Ending ending) {
        ShopApplication shop = shops.get(way);
        UUID id = UUID.randomUUID();
        List<Integer> status = new ArrayList<>();
        Throwable failure = catchThrowable(() -> shop.run(em -> {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCompletion(int completed) {
                    status.add(completed);
                }
            });
            em.persist(new Purchase(id, ending.name(), null));
            ending.work.accept(way, em);
        }));
        boolean committed = shop.jdbc()
                .sql("select exists (select from purchase where purchase_id = ?)")
                .param(id)
                .query(Boolean.class)
                .single();
        // The connection, or another one in its place, is as good as before.
        UUID next = shop.call(em -> {
            Purchase purchase = new Purchase(UUID.randomUUID().toString(), null);
            em.persist(purchase);
            return purchase.getPurchaseId();
        });
        assertThat(shop.outbox(next)).hasSize(1);
        return new Seen(nature(failure), status, committed, shop.outbox(id).size());
    }

    private static List<String> nature(@Nullable Throwable failure) {
        List<String> nature = new ArrayList<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            nature.add(cause.getClass().getName());
            if (cause instanceof SQLException database) {
                nature.add(database.getSQLState());
            }
        }
        return nature;
    }

    @Test
    void commitTravelsWithTheEvents() {
        assertThat(requests(shops.get(Way.TOGETHER), shops.get(Way.TOGETHER).transaction()))
                .contains(EVENTS_AND_COMMIT);
        assertThat(requests(shops.get(Way.APART), shops.get(Way.APART).transaction()))
                .contains(EVENTS)
                .doesNotContain(EVENTS_AND_COMMIT);
    }

    /** A time-out cancels statements, and must not cancel a commit. */
    @Test
    void transactionWithATimeoutCommitsByItself() {
        TransactionTemplate limited = shops.get(Way.TOGETHER).transaction();
        limited.setTimeout(60);

        assertThat(requests(shops.get(Way.TOGETHER), limited)).contains(EVENTS).doesNotContain(EVENTS_AND_COMMIT);
    }

    private static List<String> requests(ShopApplication shop, TransactionTemplate transaction) {
        return shop.bean(CountedStatements.class)
                .requests(() -> transaction.executeWithoutResult(status -> shop.entityManager()
                        .persist(new Purchase(UUID.randomUUID().toString(), null))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "preferQueryMode=simple",
                "preferQueryMode=extended",
                "preferQueryMode=extendedCacheEverything",
                "prepareThreshold=1",
                "prepareThreshold=0",
                "binaryTransfer=false",
                "autosave=always",
                "autosave=conservative",
                "reWriteBatchedInserts=true",
                "stringtype=unspecified"
            })
    void driversSettingsMakeNoDifference(String setting) throws SQLException {
        try (ShopApplication shop = ShopApplication.startWith(
                CountedStatements.Counting.class,
                postgres,
                "settings",
                "spring.datasource.hikari.data-source-properties." + setting)) {
            UUID id = shop.call(em -> {
                Purchase purchase = new Purchase("new", null);
                purchase.add("a", 1);
                em.persist(purchase);
                return purchase.getPurchaseId();
            });
            List<String> requests = new ArrayList<>();
            for (int i = 1; i <= 7; i++) {
                int quantity = i + 1;
                requests.addAll(shop.bean(CountedStatements.class)
                        .requests(() -> shop.run(
                                em -> em.find(Purchase.class, id).line("a").setQuantity(quantity))));
            }

            assertThat(shop.outbox(id)).hasSize(8);
            assertThat(shop.outbox(id).get(7).payload()).contains("\"quantity\":8");
            assertThat(requests)
                    .filteredOn(request -> request.startsWith(EVENTS))
                    .hasSize(7)
                    .allMatch(request -> request.equals(setting.startsWith("autosave") ? EVENTS : EVENTS_AND_COMMIT));
        }
    }

    /** Spring's synchronizations use the transaction while it is open, and see it committed afterwards. */
    @ParameterizedTest
    @EnumSource
    void whatSynchronizationsWriteIsCommittedToo(Way way) {
        ShopApplication shop = shops.get(way);
        UUID id = UUID.randomUUID();
        List<String> seen = new ArrayList<>();
        shop.jdbc().sql("create table if not exists note (word text)").update();
        shop.run(em -> {
            Purchase purchase = new Purchase(id, id.toString(), null);
            em.persist(purchase);
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    purchase.setReference("before commit " + id);
                    shop.jdbc().sql("insert into note values ('before commit')").update();
                }

                @Override
                public void beforeCompletion() {
                    shop.jdbc()
                            .sql("insert into note values ('before completion')")
                            .update();
                }

                @Override
                public void afterCommit() {
                    seen.addAll(shop.newTransaction()
                            .execute(status -> shop.jdbc()
                                    .sql("select word from note")
                                    .query(String.class)
                                    .list()));
                }
            });
            em.unwrap(SharedSessionContractImplementor.class)
                    .getTransactionCoordinator()
                    .getLocalSynchronizations()
                    .registerSynchronization(new Synchronization() {
                        @Override
                        public void beforeCompletion() {
                            em.unwrap(Session.class).doWork(connection -> {
                                try (var statement = connection.createStatement()) {
                                    statement.execute("insert into note values ('before completion of the session')");
                                }
                            });
                        }

                        @Override
                        public void afterCompletion(int status) {
                            seen.add("completed " + status);
                        }
                    });
        });

        assertThat(seen)
                .contains("before commit", "before completion", "before completion of the session")
                .contains("completed " + Status.STATUS_COMMITTED);
        assertThat(shop.outbox(id)).hasSize(1);
        assertThat(shop.outbox(id).get(0).payload()).contains("before commit " + id);
    }

    /** The events are not written before Hibernate would commit, so nobody who can still refuse comes after them. */
    @ParameterizedTest
    @EnumSource
    void observerThatComesLaterCanStillRefuse(Way way) {
        ShopApplication shop = shops.get(way);
        UUID refused = UUID.randomUUID();
        UUID next = UUID.randomUUID();
        EntityManager em = shop.entityManager().getEntityManagerFactory().createEntityManager();
        try {
            em.getTransaction().begin();
            em.persist(new Purchase(refused, refused.toString(), null));
            em.flush();
            TransactionObserver observer = new RefusingObserver();
            SharedSessionContractImplementor session = em.unwrap(SharedSessionContractImplementor.class);
            session.getTransactionCoordinator().addObserver(observer);
            assertThatThrownBy(() -> em.getTransaction().commit()).hasStackTraceContaining("refused by the observer");
            session.getTransactionCoordinator().removeObserver(observer);
            em.clear();

            em.getTransaction().begin();
            em.persist(new Purchase(next, next.toString(), null));
            em.getTransaction().commit();
        } finally {
            em.close();
        }

        assertThat(shop.outbox(refused)).isEmpty();
        assertThat(shop.outbox(next)).hasSize(1);
    }

    private static final class RefusingObserver implements TransactionObserver {

        @Override
        public void afterBegin() {}

        @Override
        public void beforeCompletion() {
            throw new IllegalStateException("refused by the observer");
        }

        @Override
        public void afterCompletion(boolean successful, boolean delayed) {}
    }

    /** Two serializable transactions that read what the other one changes: one of them fails, and then nothing of it is there. */
    @ParameterizedTest
    @EnumSource
    void oneOfTwoSerializableTransactionsFails(Way way) {
        ShopApplication shop = shops.get(way);
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        shop.run(em -> {
            em.persist(new Purchase(first, first.toString(), null));
            em.persist(new Purchase(second, second.toString(), null));
        });
        shop.forgetOutbox();
        TransactionTemplate outer = shop.transaction(TransactionDefinition.ISOLATION_SERIALIZABLE);
        TransactionTemplate inner = shop.newTransaction();
        inner.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);

        Throwable failure = catchThrowable(() -> outer.executeWithoutResult(status -> {
            readAllAndRename(shop, first);
            inner.executeWithoutResult(other -> readAllAndRename(shop, second));
        }));

        assertThat(NestedExceptionUtils.getRootCause(failure))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        cause -> assertThat(cause.getSQLState()).isEqualTo("40001"));
        assertThat(shop.outbox(first)).isEmpty();
        assertThat(shop.outbox(second)).hasSize(1);
    }

    private static void readAllAndRename(ShopApplication shop, UUID id) {
        shop.jdbc().sql("select count(*) from purchase").query(Long.class).single();
        shop.entityManager().find(Purchase.class, id).setReference("renamed " + id);
        shop.entityManager().flush();
    }
}
