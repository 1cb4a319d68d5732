package dev.fullstate.outbox.relay.autoconfigure;

import java.time.Duration;
import java.util.function.LongSupplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import dev.fullstate.outbox.relay.failure.Repeats;

/**
 * Keeps the relay's Kafka clients from filling the log. While Kafka is away they write thousands of lines a minute, of which the relay's own
 * report is the sum: so they log from WARN on, and the same line once an hour.
 *
 * <p>Other clients of the application are left alone: the relay's are known by their threads. A level that a logger of Kafka has been given, by
 * {@code logging.level}, a configuration file or at run time, has precedence.
 */
final class QuietKafkaClients extends TurboFilter {

    private static final String KAFKA = "org.apache.kafka.";
    private static final Duration QUIET = Duration.ofHours(1);

    private final String clientId;
    private final Repeats repeats;

    /** @param clientId is part of the names of all of the relay's threads, and of those of its clients */
    QuietKafkaClients(String clientId) {
        this(clientId, System::nanoTime);
    }

    QuietKafkaClients(String clientId, LongSupplier nanoTime) {
        this.clientId = clientId;
        this.repeats = new Repeats(QUIET, QUIET, nanoTime);
    }

    /** Begins to filter, if the application logs with Logback. */
    void install() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.addTurboFilter(this);
            start();
        }
    }

    void remove() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getTurboFilterList().remove(this);
            stop();
        }
    }

    /** Is asked about each line of the application, also about those that no one will see, so the cheap questions come first. */
    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String line,
            Object @Nullable [] values,
            @Nullable Throwable thrown) {
        boolean isOurs = level.isGreaterOrEqual(logger.getEffectiveLevel())
                && logger.getName().startsWith(KAFKA)
                && Thread.currentThread().getName().contains(clientId)
                && !hasLevel(logger);
        if (!isOurs) {
            return FilterReply.NEUTRAL;
        }
        return !level.isGreaterOrEqual(Level.WARN) || isRepeated(line) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    /** @param line null if the question is only whether a line may be written */
    private boolean isRepeated(@Nullable String line) {
        return line != null && repeats.note(Repeats.alike(line)) == Repeats.Kind.REPEATED;
    }

    /** Tells whether a logger has a level of its own, or that of one above it which is not the root. */
    private static boolean hasLevel(Logger logger) {
        String name = logger.getName();
        for (int end = name.length(); end > 0; end = name.lastIndexOf('.', end - 1)) {
            Logger above = logger.getLoggerContext().exists(name.substring(0, end));
            if (above != null && above.getLevel() != null) {
                return true;
            }
        }
        return false;
    }
}
