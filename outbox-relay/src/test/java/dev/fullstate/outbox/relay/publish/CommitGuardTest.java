package dev.fullstate.outbox.relay.publish;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Retries requests to commit, on clusters that can and cannot tell when a request was sent. */
class CommitGuardTest {

    private final AtomicReference<Double> closedConnections = new AtomicReference<>(3.0);
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

    CommitGuardTest() {
        MetricName name = new MetricName("connection-close-total", "producer-metrics", "", Map.of());
        producer.setMockMetrics(name, new Metric() {

            @Override
            public MetricName metricName() {
                return name;
            }

            @Override
            public Object metricValue() {
                return closedConnections.get();
            }
        });
    }

    @Test
    void newClusterNeedsNoGuard() {
        CommitGuard guard = CommitGuard.of(kafka((short) 2));
        assertThat(guard.warnings()).isEmpty();
        guard.begin(producer);
        guard.noteRetry();
        closedConnections.set(4.0);
        assertThatCode(() -> guard.end(producer)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, -1})
    void commitThatWasPerhapsRequestedTwiceEndsInAReplay(short version) {
        CommitGuard guard = CommitGuard.of(kafka(version));
        guard.begin(producer);
        assertThatCode(() -> guard.end(producer)).doesNotThrowAnyException();

        guard.begin(producer);
        guard.noteRetry();
        assertThatThrownBy(() -> guard.end(producer))
                .isInstanceOfSatisfying(
                        BrokerException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(FailureKind.REPLAY));

        guard.begin(producer);
        closedConnections.set(4.0);
        assertThatThrownBy(() -> guard.end(producer)).isInstanceOf(BrokerException.class);

        guard.begin(producer);
        assertThatCode(() -> guard.end(producer)).doesNotThrowAnyException();
    }

    @Test
    void warningNamesTheUpgradeOrSaysThatTheVersionIsUnknown() {
        assertThat(CommitGuard.of(kafka((short) 1)).warnings()).singleElement().satisfies(warning -> {
            assertThat(warning.message()).contains("transaction.version=1");
            assertThat(warning.remedy()).contains("upgrade --feature transaction.version=2");
        });
        assertThat(CommitGuard.of(kafka((short) -1)).warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.message()).contains("does not tell"));
    }

    /** Makes a cluster of that version; below 0, one that does not tell its version. */
    private static Kafka kafka(short version) {
        return (Kafka) Proxy.newProxyInstance(
                Kafka.class.getClassLoader(), new Class<?>[] {Kafka.class}, (proxy, method, arguments) -> {
                    if (version < 0) {
                        throw BrokerException.of("Not told", new UnsupportedVersionException("What features?"));
                    }
                    return version;
                });
    }
}
