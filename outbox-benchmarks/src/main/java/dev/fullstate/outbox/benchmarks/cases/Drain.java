package dev.fullstate.outbox.benchmarks.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import dev.fullstate.outbox.benchmarks.arrival.Arrivals;
import dev.fullstate.outbox.benchmarks.arrival.Timeline;
import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

/**
 * One contender drains a backlog: from its first event to its last, its start-up apart. The arrived events are checked before any figure is
 * reported.
 */
final class Drain {

    private static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(10);

    private final Bench bench;
    private final OutboxDatabase database;
    private final int events;
    private final int partitions;
    private final Duration patience;

    Drain(Bench bench, OutboxDatabase database, int events, int partitions) {
        this(bench, database, events, partitions, DEFAULT_PATIENCE);
    }

    /**
     * @param patience how long to wait for the last event, from the start of the contender
     */
    Drain(Bench bench, OutboxDatabase database, int events, int partitions, Duration patience) {
        this.bench = bench;
        this.database = database;
        this.events = events;
        this.partitions = partitions;
        this.patience = patience;
    }

    /**
     * The time and the resources of a drain.
     *
     * @param timeline          when the events went through
     * @param used              processor time between the first and the last event
     * @param usedWarm          that of the warm half
     * @param peakResidentBytes the contender's memory
     * @param firstEventMillis  from the start of the contender's process to its first event
     */
    record Outcome(
            Timeline timeline,
            Watch.Sample used,
            Watch.Sample usedWarm,
            long peakResidentBytes,
            long firstEventMillis) {

        /** {@return processor seconds for a million events} */
        double perMillion(double seconds) {
            return seconds * 1_000_000 / timeline.events();
        }

        /** {@return the contender's processor seconds for a million events, at the rate of the warm half} */
        double warmPerMillion() {
            return usedWarm.contender() * 1_000_000 / (timeline.events() - timeline.events() / 2);
        }
    }

    /**
     * @throws UnfinishedException   if the contender ends or takes too long
     * @throws IllegalStateException if not all events arrived, once and in order
     */
    Outcome run(Contender contender, String name) throws SQLException {
        try (Turn turn = Turn.begin(bench, database, contender, name, partitions)) {
            Watch watch = new Watch(database, bench.broker(), turn);
            Timeline timeline = contender.publishes() ? published(contender, turn, watch) : read(turn, watch);
            return new Outcome(
                    timeline,
                    watch.between(timeline.firstMillis(), timeline.lastMillis()),
                    watch.between(timeline.middleMillis(), timeline.lastMillis()),
                    watch.peakResidentBytes(),
                    timeline.firstMillis() - turn.startedMillis());
        }
    }

    private Timeline published(Contender contender, Turn turn, Watch watch) throws SQLException {
        watch.until(new Arrived(turn), patience, "published all events");
        turn.jvm().close();
        Arrivals arrivals = Arrivals.read(bench.broker().bootstrapServers(), turn.partitions(), events);
        arrivals.requireComplete(contender.name());
        return arrivals.timeline();
    }

    /**
     * Holds when enough is appended, and nothing more for three seconds: the end offsets count the markers of Kafka transactions too, so
     * that the number alone does not say that the last event is there.
     */
    private final class Arrived implements Watch.Condition {

        private static final int QUIET_LOOKS = 60;

        private final Turn turn;
        private long appended;
        private int quietLooks;

        Arrived(Turn turn) {
            this.turn = turn;
        }

        @Override
        public boolean holds() {
            long now = bench.broker().appended(turn.partitions());
            quietLooks = now == appended ? quietLooks + 1 : 0;
            appended = now;
            return now >= events && quietLooks >= QUIET_LOOKS;
        }
    }

    /** Waits for a program that publishes nothing; it prints its progress. */
    private Timeline read(Turn turn, Watch watch) throws SQLException {
        Path log = turn.jvm().log();
        watch.until(() -> progress(log).stream().anyMatch(row -> row.count() >= events), patience, "read all rows");
        List<Progress> progress = progress(log);
        return new Timeline(
                events,
                Progress.reached(1, progress),
                Progress.reached(events / 2, progress),
                Progress.reached(events, progress));
    }

    private static List<Progress> progress(Path log) {
        try {
            return Files.readAllLines(log).stream()
                    .map(line -> line.split(" "))
                    .filter(words -> words.length == 3 && words[0].equals("ROWS"))
                    .map(words -> new Progress(Integer.parseInt(words[1]), Long.parseLong(words[2])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Progress(int count, long millis) {

        static long reached(int count, List<Progress> progress) {
            return progress.stream()
                    .filter(row -> row.count >= count)
                    .findFirst()
                    .orElseThrow()
                    .millis;
        }
    }
}
