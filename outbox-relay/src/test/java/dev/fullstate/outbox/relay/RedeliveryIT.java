package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that the published and the confirmed position together decide what the relay publishes after an interruption. */
class RedeliveryIT extends RelayIntegrationTest {

    @Test
    void atLeastOnceEventsWhosePositionWasNotWrittenArePublishedAgain() throws SQLException {
        AtomicBoolean dying = new AtomicBoolean();
        UnaryOperator<Publisher> withoutPositions = target -> new ForwardingPublisher(target) {

            @Override
            public void commitIfDue(ResumePoint upTo, boolean drained) {
                if (!dying.get()) {
                    super.commitIfDue(upTo, drained);
                }
            }
        };
        try (SteppedRelay relay = SteppedRelay.publishingBy(withoutPositions, Delivery.AT_LEAST_ONCE, database)) {
            relay.stepUntil(RelayState.STREAMING);
            dying.set(true);
            Lsn before = database.confirmed();
            database.insert("a", "1");
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
            relay.confirm();
            assertThat(relay.progress().confirmed()).isEqualTo(before);

            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            dying.set(false);
            relay.stepUntil(topic, 4);
        }
        assertThat(published()).containsExactly("1", "2", "1", "2");
    }

    @Test
    void eventsWhosePositionIsWrittenAreNotPublishedAgainWithEitherDelivery() throws SQLException {
        Lsn confirmed = publishWithoutConfirming(Delivery.AT_LEAST_ONCE, "1");
        assertThat(publishWithoutConfirming(Delivery.EXACTLY_ONCE, "2")).isEqualTo(confirmed);
        assertThat(publishWithoutConfirming(Delivery.AT_LEAST_ONCE, "3")).isEqualTo(confirmed);
        assertThat(publishWithoutConfirming(Delivery.AT_LEAST_ONCE, "4")).isEqualTo(confirmed);
        assertThat(published()).containsExactly("1", "2", "3", "4");
    }

    /** Publishes an event; returns the position up to which the slot stays confirmed. */
    private Lsn publishWithoutConfirming(Delivery delivery, String data) throws SQLException {
        AtomicReference<@Nullable Publisher> last = new AtomicReference<>();
        UnaryOperator<Publisher> seen = publisher -> {
            last.set(publisher);
            return publisher;
        };
        try (SteppedRelay relay = SteppedRelay.publishingBy(seen, delivery, database)) {
            relay.stepUntil(RelayState.STREAMING);
            Lsn confirmed = database.confirmed();
            database.insert("a", data);
            relay.stepUntil(() -> published().contains(data)
                    && Objects.requireNonNull(last.get()).isRecorded());
            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            return confirmed;
        }
    }

    @Test
    void confirmedEventsAreNotPublishedAgain() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            Lsn before = database.confirmed();
            relay.stepUntil(topic, 1);
            relay.confirm();
            relay.stepUntil(() -> database.confirmed().isAfter(before));

            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void changesMadeWhileTheRelayIsDownArriveAfterItsStart() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "before");
            relay.stepUntil(topic, 1);
        }
        database.insert("a", "while it is down");
        assertThat(published()).containsExactly("before");

        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("before", "while it is down");
    }

    @Test
    void stoppedRelayConfirmsWhatItHasPublished() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void relayConfirmsNothingBeforeTheIntervalHasPassedAndAllSoonAfter() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            Lsn start = database.confirmed();
            Lsn before = database.walPosition();
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            assertThat(relay.progress().confirmed()).isEqualTo(start);
            assertThat(database.confirmed()).isEqualTo(start);

            relay.moveTime(Duration.ofMillis(100));
            // The relay need not confirm all that is published: PostgreSQL 14 also sends transactions without events,
            // of which Kafka does not know.
            relay.stepUntil(() -> relay.progress().confirmed().isAfter(before));
            relay.stepUntil(() -> database.confirmed().equals(relay.progress().confirmed()));
        }
    }
}
