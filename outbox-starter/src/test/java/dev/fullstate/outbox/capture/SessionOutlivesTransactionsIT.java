package dev.fullstate.outbox.capture;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;

import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One session, many transactions: the marks of each are published with its commit or not at all, and none of them stays on the
 * session.
 */
@ExtendWith(OutputCaptureExtension.class)
class SessionOutlivesTransactionsIT {

    private static final long SEED = Long.getLong("outbox.test.seed", 20260101);
    private static final int THREADS = 6;
    private static final int REQUESTS_EACH = 150;
    private static final int PURCHASES = 5;

    static PostgresServer postgres;
    static ShopApplication shop;

    @BeforeAll
    static void start() throws SQLException {
        // Deadlocks are part of the test; a short timeout saves a second for each.
        postgres = PostgresServer.start(0, Map.of("deadlock_timeout", "20ms", "lock_timeout", "2s"));
        shop = ShopApplication.start(
                postgres,
                "requests",
                // Refused transactions are part of the test too; Hibernate's log of them is not.
                "logging.level.org.hibernate=off",
                "logging.level.org.hibernate.orm.session=warn");
    }

    @AfterAll
    static void stop() {
        shop.close();
        postgres.close();
    }

    @Test
    void exactlyTheCommittedChangesArePublishedAndNothingStaysOnTheSession(CapturedOutput output) throws Exception {
        CommittedStates states = CommittedStates.watch(shop.jdbc());
        RandomRequests requests = new RandomRequests(shop, PURCHASES);
        int before = output.getAll().length();

        requests.run(SEED, THREADS, REQUESTS_EACH);

        System.out.println("Random requests, seed " + SEED + ": " + requests.outcomes());
        assertThat(states.violations()).isEmpty();
        assertThat(requests.leftovers()).isEmpty();
        assertThat(output.getAll().substring(before)).doesNotContain("WARN", "ERROR");
        assertThat(openTransactions()).isEmpty();
        assertThat(requests.outcomes().get("committed")).isGreaterThan(300);
        assertThat(requests.outcomes().get("rolled back")).isGreaterThan(300);
    }

    /** Returns the transactions that capture itself remembers. */
    @SuppressWarnings("deprecation") // Hibernate offers no other way to its listeners
    private static Map<?, ?> openTransactions() {
        List<Object> capture = new ArrayList<>();
        shop.bean(EntityManagerFactory.class)
                .unwrap(SessionFactoryImplementor.class)
                .getEventListenerRegistry()
                .getEventListenerGroup(EventType.POST_INSERT)
                .listeners()
                .forEach(capture::add);
        capture.removeIf(listener -> !(listener instanceof ChangeListener));
        Object transactions = ReflectionTestUtils.getField(capture.get(0), "transactions");
        return (Map<?, ?>) ReflectionTestUtils.getField(transactions, "open");
    }
}
