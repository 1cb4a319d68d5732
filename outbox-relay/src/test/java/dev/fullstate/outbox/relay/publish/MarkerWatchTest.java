package dev.fullstate.outbox.relay.publish;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;

import static org.assertj.core.api.Assertions.assertThat;

/** Asks a cluster for the markers of a transaction, in a time of its own: each answer takes {@code latency}. */
class MarkerWatchTest {

    private static final String ID = "outbox-relay-pipeline";

    private final List<Duration> askedFor = new ArrayList<>();
    private Duration latency = Duration.ofMillis(1);
    /** Overflows at once. */
    private long nanos = Long.MAX_VALUE;

    @Test
    void waitsUntilTheMarkersAreWritten() {
        watch(false, false, true).await();
        assertThat(askedFor).hasSize(3);
    }

    @Test
    void markersThatAreWrittenTakeOneQuestion() {
        MarkerWatch watch = watch(() -> true);
        watch.await();
        watch.await();
        assertThat(askedFor).hasSize(2);
    }

    @Test
    void waitsNoLongerThanABrokerThatLooksByItself() {
        latency = Duration.ofMillis(30);
        watch(() -> false).await();
        assertThat(askedFor)
                .containsExactly(
                        Duration.ofMillis(100), Duration.ofMillis(70), Duration.ofMillis(40), Duration.ofMillis(10));
    }

    @Test
    void markersThatComeLateAreAskedForAgainAfterTheNextCommit() {
        latency = Duration.ofMillis(100);
        MarkerWatch watch = watch(false, true);
        watch.await();
        watch.await();
        assertThat(askedFor).hasSize(2);
    }

    @Test
    void clusterThatDoesNotTellIsAskedAgainAfterAWhile() {
        AtomicBoolean tells = new AtomicBoolean();
        MarkerWatch watch = watch(() -> {
            if (tells.get()) {
                return true;
            }
            throw BrokerException.of("Not told", new UnsupportedVersionException("Which transactions?"));
        });
        watch.await();
        nanos += Duration.ofMillis(900).toNanos();
        watch.await();
        assertThat(askedFor).hasSize(1);
        nanos += Duration.ofMillis(100).toNanos();
        watch.await();
        assertThat(askedFor).hasSize(2);
        tells.set(true);
        nanos += Duration.ofSeconds(1).toNanos();
        watch.await();
        watch.await();
        assertThat(askedFor).hasSize(4);
    }

    private MarkerWatch watch(Boolean... answers) {
        return watch(List.of(answers).iterator()::next);
    }

    private MarkerWatch watch(BooleanSupplier answer) {
        Kafka kafka = (Kafka) Proxy.newProxyInstance(
                Kafka.class.getClassLoader(), new Class<?>[] {Kafka.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("areMarkersWritten");
                    assertThat(arguments[0]).isEqualTo(ID);
                    askedFor.add((Duration) arguments[1]);
                    nanos += latency.toNanos();
                    return answer.getAsBoolean();
                });
        return new MarkerWatch(kafka, ID, () -> nanos);
    }
}
