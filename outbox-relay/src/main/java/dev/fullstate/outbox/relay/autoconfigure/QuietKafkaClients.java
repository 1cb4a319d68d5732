package dev.fullstate.outbox.relay.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

import dev.fullstate.outbox.relay.failure.Repeats;

/**
 * Keeps the relay's Kafka clients from filling the log. While Kafka is away they write thousands of lines a minute, of which the relay's own
 * report is the sum; and they warn of what is ordinary, such as a new topic or a transaction that has to wait for the one before it. So they
 * log errors, and warnings that go on for a while, and the same line once an hour (ADR 34).
 *
 * <p>Other clients of the application are left alone: the relay's are known by their threads. A level that a logger of Kafka has been given, by
 * {@code logging.level}, a configuration file or at run time, has precedence.
 */
final class QuietKafkaClients extends TurboFilter implements LoggerContextListener {

    private static final String KAFKA = "org.apache.kafka.";
    /** It warns of each record that it sends once more. What it gives up, the relay reports. */
    private static final String SENDER = KAFKA + "clients.producer.internals.Sender";

    private static final Duration QUIET = Duration.ofHours(1);
    private static final long LASTING_NANOS = Duration.ofSeconds(10).toNanos();
    /** The relay's attempts may be half a minute apart. */
    private static final long OVER_NANOS = Duration.ofMinutes(2).toNanos();

    private final Set<String> clientIds;
    private final LongSupplier nanoTime;
    private final Repeats repeats;
    /** The warnings that go on, by what those have in common that are alike. */
    private final Map<String, Span> spans = new ConcurrentHashMap<>();

    /**
     * The time for which a warning goes on.
     *
     * @param first it came
     * @param last it came
     */
    private record Span(long first, long last) {}

    /** @param clientIds of the pipelines; one of them is part of the name of each thread of a relay, and of its clients */
    QuietKafkaClients(Set<String> clientIds) {
        this(clientIds, System::nanoTime);
    }

    QuietKafkaClients(Set<String> clientIds, LongSupplier nanoTime) {
        this.clientIds = Set.copyOf(clientIds);
        this.nanoTime = nanoTime;
        this.repeats = new Repeats(QUIET, QUIET, nanoTime);
    }

    /** Begins to filter, if the application logs with Logback. */
    void install() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.addListener(this);
            onReset(context);
        }
    }

    /** Filters again: a configuration file that is read again takes all filters away. */
    @Override
    public void onReset(LoggerContext context) {
        context.addTurboFilter(this);
        start();
    }

    @Override
    public boolean isResetResistant() {
        return true;
    }

    @Override
    public void onStart(LoggerContext context) {
        // It filters from the time on at which it is installed.
    }

    @Override
    public void onStop(LoggerContext context) {
        // Nothing is logged any more.
    }

    @Override
    public void onLevelChange(Logger logger, Level level) {
        // Each line asks for the levels as they are.
    }

    void remove() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.removeListener(this);
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
                && isOfAPipeline(Thread.currentThread().getName())
                && !hasLevel(logger);
        if (!isOurs) {
            return FilterReply.NEUTRAL;
        }
        if (!level.isGreaterOrEqual(Level.WARN)) {
            return FilterReply.DENY;
        }
        // Without a line, the question is only whether one may be written.
        return line == null || isWorthALine(logger, level, Repeats.alike(whole(line, values, thrown)))
                ? FilterReply.NEUTRAL
                : FilterReply.DENY;
    }

    private static String whole(String line, Object @Nullable [] values, @Nullable Throwable thrown) {
        String text = String.valueOf(MessageFormatter.arrayFormat(line, values).getMessage());
        return thrown == null ? text : text + " " + thrown;
    }

    private boolean isOfAPipeline(String thread) {
        return clientIds.stream().anyMatch(thread::contains);
    }

    private boolean isWorthALine(Logger logger, Level level, String line) {
        boolean isError = level.isGreaterOrEqual(Level.ERROR);
        return (isError || (!logger.getName().equals(SENDER) && isLasting(line)))
                && repeats.note(line) != Repeats.Kind.REPEATED;
    }

    private boolean isLasting(String line) {
        long now = nanoTime.getAsLong();
        spans.values().removeIf(span -> now - span.last > OVER_NANOS);
        Span span = spans.compute(line, (key, before) -> new Span(before == null ? now : before.first, now));
        return now - span.first >= LASTING_NANOS;
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
