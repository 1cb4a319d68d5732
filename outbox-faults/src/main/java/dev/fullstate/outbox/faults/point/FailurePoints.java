package dev.fullstate.outbox.faults.point;

import java.sql.SQLException;
import java.util.function.Consumer;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.wal.WalException;

/** The one point of this JVM that is to fail, if any. */
final class FailurePoints {

    private static final int KILLED = 137;

    /** SQLSTATE connection_failure. */
    private static final String CONNECTION_LOST = "08006";

    private final Consumer<String> hits;
    /** Null without a failure to come. */
    private @Nullable Armed armed;
    /** True while a thread is held at a point. */
    private boolean holding;

    /** Fails at the given point, once calls have passed it that many times. */
    private record Armed(String point, Failure failure, long skip) {}

    /** @param hits receives the name of a point when it fails */
    FailurePoints(Consumer<String> hits) {
        this.hits = hits;
    }

    synchronized void arm(String point, Failure failure, long skip) {
        armed = new Armed(point, failure, skip);
    }

    /** Removes all failures, and releases the threads that are held. */
    synchronized void disarm() {
        armed = null;
        holding = false;
        notifyAll();
    }

    /** Passes a point on behalf of a call, or fails there. */
    void pass(String point, Class<?> port) {
        Failure failure = failureAt(point);
        if (failure == null) {
            return;
        }
        hits.accept(point);
        switch (failure) {
            case HALT -> Runtime.getRuntime().halt(KILLED);
            case HOLD -> hold();
            case THROW -> throw exception(point, port);
        }
    }

    private synchronized @Nullable Failure failureAt(String point) {
        Armed current = armed;
        if (current == null || !current.point.equals(point)) {
            return null;
        }
        if (current.skip > 0) {
            armed = new Armed(point, current.failure, current.skip - 1);
            return null;
        }
        armed = null;
        holding = current.failure == Failure.HOLD;
        return current.failure;
    }

    private synchronized void hold() {
        boolean interrupted = false;
        while (holding) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static RuntimeException exception(String point, Class<?> port) {
        if (port == Producer.class) {
            return new KafkaException("Injected at " + point);
        }
        boolean kafka = port == Kafka.class || port == Kafka.Connector.class;
        return kafka
                ? BrokerException.of("Injected at " + point, new TimeoutException("no answer"))
                : WalException.of("Injected at " + point, new SQLException("connection lost", CONNECTION_LOST));
    }
}
