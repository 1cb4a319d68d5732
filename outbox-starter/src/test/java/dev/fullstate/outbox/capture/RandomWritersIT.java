package dev.fullstate.outbox.capture;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.aggregate.AggregateResolver;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.envelope.TraceContext;
import dev.fullstate.outbox.reading.StateReader;
import dev.fullstate.outbox.schema.OutboxSchema;
import dev.fullstate.outbox.session.RoundTrip;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.store.OutboxStore;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Among concurrent writers, each transaction that changes an aggregate has exactly one event, with the state that it commits, in
 * the order of the commits. Without any one of the capture's three mechanisms, events are wrong.
 */
class RandomWritersIT {

    private static final long SEED = Long.getLong("outbox.test.seed", 20260101);
    private static final int WRITERS = 12;
    private static final int PURCHASES = 4;
    private static final int TRANSACTIONS_EACH = 1_500;
    private static final int TRANSACTIONS_EACH_OF_A_MUTANT = 200;

    /** The test expects refused transactions, so Hibernate need not log them. */
    private static final String QUIET = "logging.level.org.hibernate=off";

    /** Changes of parts then reach the database late, and in another order than they were made. */
    private static final String[] BATCHING = {
        QUIET,
        "spring.jpa.properties.hibernate.jdbc.batch_size=20",
        "spring.jpa.properties.hibernate.order_inserts=true",
        "spring.jpa.properties.hibernate.order_updates=true"
    };

    static PostgresServer postgres;

    @BeforeAll
    static void start() {
        // Deadlocks are part of the test; a short timeout saves a second for each.
        postgres = PostgresServer.start(0, Map.of("deadlock_timeout", "20ms"));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachCommitHasOneEventWithItsStateInItsOrder(boolean pipelining) throws Exception {
        String setting = "outbox.capture.pipelining=" + pipelining;
        try (ShopApplication shop = ShopApplication.start(
                postgres,
                "captured",
                Stream.concat(Stream.of(BATCHING), Stream.of(setting)).toArray(String[]::new))) {
            CommittedStates states = CommittedStates.watch(shop.jdbc());
            RandomWriters writers = new RandomWriters(shop, PURCHASES);

            writers.run(SEED, WRITERS, TRANSACTIONS_EACH);

            report("captured, " + setting, writers);
            assertThat(states.violations()).isEmpty();
            assertThat(writers.committed()).isGreaterThan(WRITERS * TRANSACTIONS_EACH / 4);
            assertThat(states.count()).isGreaterThan(writers.committed() / 2);
            assertThat(writers.overlapping()).isGreaterThan(writers.committed() / 4);
        }
    }

    /** For comparison: the same transactions where nothing is captured. */
    @Test
    void transactionsFailEachOtherWithoutCaptureToo() throws Exception {
        try (ShopApplication shop = ShopApplication.start(postgres, "uncaptured", QUIET, "outbox.enabled=false")) {
            RandomWriters writers = new RandomWriters(shop, PURCHASES);

            writers.run(SEED, WRITERS, TRANSACTIONS_EACH / 4);

            report("not captured", writers);
            assertThat(writers.committed()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void missingMechanismIsNoticed(Mutant mutant) throws Exception {
        String database = "mutant_" + mutant.name().toLowerCase(Locale.ROOT);
        try (ShopApplication shop = ShopApplication.start(postgres, database, QUIET, "outbox.enabled=false")) {
            OutboxSchema.migrate(new Outbox(shop.bean(javax.sql.DataSource.class), OutboxNames.DEFAULT));
            mutant.attachTo(shop);
            CommittedStates states = CommittedStates.watch(shop.jdbc());
            RandomWriters writers = new RandomWriters(shop, PURCHASES);

            writers.run(SEED, WRITERS, TRANSACTIONS_EACH_OF_A_MUTANT);

            List<String> violations = states.violations();
            report(mutant + ", " + violations.size() + " violations", writers);
            assertThat(violations.isEmpty()).isEqualTo(mutant == Mutant.NONE);
        }
    }

    private static void report(String what, RandomWriters writers) {
        Map<String, Long> refused = writers.refused();
        System.out.println("Random writers, seed " + SEED + ", " + what + ": " + writers.committed() + " committed, "
                + writers.overlapping() + " of them beside another one on the same aggregate, refused " + refused);
    }

    /** The capture without one of its mechanisms. */
    private enum Mutant {
        NONE {
            @Override
            BeforeCommit create(
                    SharedSessionContractImplementor session, StateReader reader, TransactionChanges changes) {
                return new BeforeCommit(session, reader, changes);
            }
        },
        /** Does not raise the version, and so does not lock the root, where Hibernate did not. */
        VERSION_IS_NOT_RAISED {
            @Override
            BeforeCommit create(
                    SharedSessionContractImplementor session, StateReader reader, TransactionChanges changes) {
                return new BeforeCommit(session, reader, changes) {
                    @Override
                    boolean lockRoots(RoundTrip trip) {
                        return false;
                    }
                };
            }
        },
        /** Publishes the session's own objects. */
        STATE_IS_NOT_READ_BACK {
            @Override
            BeforeCommit create(
                    SharedSessionContractImplementor session, StateReader reader, TransactionChanges changes) {
                return new BeforeCommit(session, reader, changes) {
                    @Override
                    FreshSession freshSession() {
                        return new SessionItself(session, reader);
                    }
                };
            }
        },
        /** Parts are written back although another transaction has moved them. */
        PARTS_ARE_NOT_GUARDED {
            @Override
            Aggregates guarded(Aggregates aggregates) {
                return Aggregates.none();
            }

            @Override
            BeforeCommit create(
                    SharedSessionContractImplementor session, StateReader reader, TransactionChanges changes) {
                return new BeforeCommit(session, reader, changes);
            }
        },
        /** The state is read, and then its root is locked. */
        STATE_IS_READ_BEFORE_THE_LOCK {
            @Override
            BeforeCommit create(
                    SharedSessionContractImplementor session, StateReader reader, TransactionChanges changes) {
                return new BeforeCommit(session, reader, changes) {
                    @Override
                    List<AggregateChange> steps(FreshSession fresh) {
                        findRoots(fresh);
                        List<AggregateChange> result = read(fresh.roundTrip(), fresh);
                        RoundTrip trip = fresh.roundTrip();
                        lockRoots(trip);
                        trip.send();
                        return result;
                    }
                };
            }
        };

        /** Returns the aggregates whose parts are guarded. */
        Aggregates guarded(Aggregates aggregates) {
            return aggregates;
        }

        abstract BeforeCommit create(
                SharedSessionContractImplementor session, StateReader reader, TransactionChanges changes);

        void attachTo(ShopApplication shop) {
            SessionFactoryImplementor sessions =
                    shop.bean(EntityManagerFactory.class).unwrap(SessionFactoryImplementor.class);
            Aggregates aggregates = AggregateResolver.resolve(sessions);
            StateReader reader = new StateReader(sessions, aggregates, true);
            Envelope envelope = new Envelope(
                    aggregates,
                    List.of(),
                    "urn:service:shop",
                    DataSize.ofMegabytes(1),
                    () -> TraceContext.NONE,
                    Clock.systemUTC());
            OutboxStore store = new OutboxStore(OutboxNames.DEFAULT);
            ChangeSink sink = (session, changes) ->
                    session.doWork(connection -> store.append(connection, envelope.changed(changes)));
            BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit =
                    (session, changes) -> create(session, reader, changes).handOver(sink);
            Capture.attach(
                    sessions,
                    aggregates,
                    new PartGuard(guarded(aggregates)),
                    reader,
                    new MarkedTransactions(() -> new TransactionChanges(aggregates, Integer.MAX_VALUE), beforeCommit));
        }
    }

    /** Finds the session's own objects. */
    private static final class SessionItself extends FreshSession {

        private final SharedSessionContractImplementor session;

        SessionItself(SharedSessionContractImplementor session, StateReader reader) {
            super(session, reader);
            this.session = session;
        }

        @Override
        SessionImplementor open() {
            return session.unwrap(SessionImplementor.class);
        }

        @Override
        void clear() {}
    }
}
