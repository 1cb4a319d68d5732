package dev.fullstate.outbox.relay.publish;

import java.util.List;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;

/**
 * Keeps a request to commit that reaches Kafka late from ending a later transaction. From {@code transaction.version} 2 on, Kafka itself tells
 * them apart (KIP-890). Below, transactions of one producer have the same epoch, so a producer whose request was perhaps sent twice commits
 * nothing more: its successor has a new epoch (ADR 25).
 *
 * <p>A request is sent again after a time-out or when its connection is closed. Asked by the thread that commits, one commit after the other.
 */
final class CommitGuard {

    private static final Logger log = LoggerFactory.getLogger(CommitGuard.class);
    private static final short SAFE_VERSION = 2;
    private static final String REMEDY =
            "kafka-features.sh --bootstrap-server ... upgrade --feature transaction.version=2";

    private final boolean needed;
    private final List<Warning> warnings;
    /** Connections that the producer had closed when the present commit was asked for; 0 where no guard is needed. */
    private double closedBefore;
    /** True if the present commit was requested more than once. */
    private boolean askedAgain;

    private CommitGuard(boolean needed, List<Warning> warnings) {
        this.needed = needed;
        this.warnings = warnings;
    }

    /** Returns the guard for a cluster that can tell late requests apart, or does not have to. */
    static CommitGuard notNeeded() {
        return new CommitGuard(false, List.of());
    }

    /** Makes a guard for the cluster as it is; one that does not tell its version counts as an old one. */
    static CommitGuard of(Kafka kafka) {
        try {
            short version = kafka.transactionVersion();
            return version >= SAFE_VERSION
                    ? notNeeded()
                    : new CommitGuard(
                            true,
                            List.of(new Warning(
                                    "The Kafka cluster has transaction.version=" + version
                                            + ": it cannot tell a request to commit that comes late from one for the"
                                            + " next transaction (KIP-890). The relay therefore connects again whenever"
                                            + " a request was perhaps sent twice",
                                    REMEDY)));
        } catch (BrokerException e) {
            log.debug("The cluster's features are not known", e);
            return new CommitGuard(
                    true,
                    List.of(new Warning(
                            "The Kafka cluster does not tell its transaction.version; the relay takes it for an old"
                                    + " one, and connects again whenever a request to commit was perhaps sent twice",
                            "None where the brokers are older than 4.0; otherwise see the message: "
                                    + e.getMessage())));
        }
    }

    List<Warning> warnings() {
        return warnings;
    }

    /** Takes note that a commit is about to be asked for. */
    void begin(Producer<?, ?> producer) {
        askedAgain = false;
        closedBefore = needed ? closedConnections(producer) : 0;
    }

    /** Takes note that Kafka has not answered in time, and is asked again. */
    void noteRetry() {
        askedAgain = true;
    }

    /**
     * Takes note that the commit is done.
     *
     * @throws BrokerException if this producer must not begin another transaction
     */
    void end(Producer<?, ?> producer) {
        if (needed && (askedAgain || closedConnections(producer) > closedBefore)) {
            throw new BrokerException(
                    FailureKind.REPLAY,
                    "A request to commit was perhaps sent twice. It is done, but the second one might end the next"
                            + " transaction, so the relay connects again",
                    REMEDY);
        }
    }

    private static double closedConnections(Producer<?, ?> producer) {
        Metric closed = producer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("connection-close-total")
                        && metric.getKey().group().equals("producer-metrics"))
                .map(metric -> (Metric) metric.getValue())
                .findAny()
                .orElse(null);
        return number(closed == null ? null : closed.metricValue());
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number count ? count.doubleValue() : 0;
    }
}
