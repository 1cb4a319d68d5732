package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.route.RoutedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that consumers with isolation read_committed see each event once, whatever happens to the relay. */
class ExactlyOnceIT extends RelayIntegrationTest {

    @Test
    void publishedButUnconfirmedEventsAreNotPublishedAgain() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            database.insert("a", "2");
            relay.stepUntil(topic, 2);

            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            database.insert("a", "3");
            relay.stepUntil(topic, 3);
        }
        assertThat(published()).containsExactly("1", "2", "3");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 700, 2_000})
    void partlyPublishedTransactionGoesOnAfterItsLastPublishedEvent(int enough) throws SQLException {
        int count = 3_000;
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute(rows("nextval('outbox_seq')", "a", count));
            relay.stepUntil(topic, enough);
            assertThat(topic.all()).hasSizeLessThan(count);

            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            relay.stepUntil(topic, count);
        }
        assertThat(published("a")).containsExactlyElementsOf(numbers(count));
    }

    @Test
    void consumersNeverSeeEventsThatADeadRelaySentAndDidNotCommit() throws SQLException {
        AtomicInteger sentCount = new AtomicInteger();
        UnaryOperator<Publisher> dying = target -> new ForwardingPublisher(target) {

            @Override
            public void publish(RoutedEvent event, Runnable published) {
                super.publish(event, published);
                sentCount.incrementAndGet();
            }

            @Override
            public void commitIfDue(ResumePoint upTo, boolean drained) {
                if (sentCount.get() < 2) {
                    super.commitIfDue(upTo, drained);
                }
            }
        };
        try (SteppedRelay dead = SteppedRelay.publishingBy(dying, database)) {
            dead.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            dead.stepUntil(topic, 1);
            database.insert("a", "2");
            dead.stepUntil(() -> sentCount.get() == 2);
            database.terminateWalSender();
            try (SteppedRelay successor = SteppedRelay.of(database)) {
                successor.stepUntil(topic, 2);
                // The relay is fenced and its slot in use, so it stands by.
                dead.stepUntil(() -> dead.state() == RelayState.STANDBY);
                database.insert("a", "3");
                successor.stepUntil(topic, 3);
            }
        }
        assertThat(published()).containsExactly("1", "2", "3");
    }

    @Test
    void firstStartThatIsCutOffTwicePublishesEachRowOnce() throws SQLException {
        database.query("select setval('outbox_seq', 1000)");
        database.execute(rows("nextval('outbox_seq')", "a", 3_000));
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 600);
            cutOffFirstStart(relay);
            // These rows are committed after the first attempt's snapshot, under numbers that were drawn long before.
            database.execute(rows("n", "b", 1_000));
            relay.stepUntil(RelayState.PUBLISHING_RETAINED);
            relay.stepUntil(topic, topic.all().size() + 1);
            cutOffFirstStart(relay);
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(topic, 4_000);
        }
        assertThat(published("a")).containsExactlyElementsOf(numbers(3_000));
        assertThat(published("b")).containsExactlyElementsOf(numbers(1_000));
    }

    private void cutOffFirstStart(SteppedRelay relay) throws SQLException {
        assertThat(relay.state()).isEqualTo(RelayState.PUBLISHING_RETAINED);
        database.terminateSessions();
        relay.stepUntil(RelayState.RETRYING);
    }

    /** Inserts rows by one statement, so that all have one position in the WAL; the tests insert several times what may be in flight. */
    private static String rows(String seq, String key, int count) {
        return OutboxInsert.rows(count)
                .of(key)
                .with("seq", seq)
                .with("payload", "rpad(n::text, 2000)")
                .sql();
    }

    private List<String> published(String key) {
        return topic.all().stream()
                .filter(event -> event.key().equals(key))
                .map(event -> String.valueOf(event.data()).strip())
                .toList();
    }

    private static List<String> numbers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(String::valueOf).toList();
    }
}
