package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.fullstate.outbox.benchmarks.arrival.ArrivalTimes;
import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.contender.RelayProcess;
import dev.fullstate.outbox.benchmarks.load.PacedWriter;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.harness.process.ProcessUsage;

/** Pipelines on one server, each with a database, a slot, a topic, a writer and a consumer, which share a steady rate of transactions. */
final class SteadyPipelines implements AutoCloseable {

    static final int PARTITIONS = 2;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Rate rate;
    private final List<Member> members = new ArrayList<>();

    private SteadyPipelines(Rate rate) {
        this.rate = rate;
    }

    /**
     * A steady rate of transactions.
     *
     * @param perSecond transactions of all pipelines together
     * @param warmUp    time at this rate before the measurement
     * @param duration  of the measurement
     */
    record Rate(int perSecond, Duration warmUp, Duration duration) {

        int capacity(int count) {
            return 2 + (int) ((warmUp.toSeconds() + duration.toSeconds() + 1) * perSecond / count);
        }
    }

    /** Starts a JVM for each pipeline, one after the other: together they would not get the machine's processors for minutes. */
    static SteadyPipelines apart(Bench bench, Contender contender, String name, int count, Rate rate)
            throws SQLException {
        SteadyPipelines pipelines = new SteadyPipelines(rate);
        try {
            for (int i = 0; i < count; i++) {
                OutboxDatabase database = bench.databases().newDatabase(PipelinesCase.NAME);
                Turn turn = Turn.begin(bench, database, contender, name, PARTITIONS);
                Member member = Member.of(bench, database, turn, rate.capacity(count));
                pipelines.members.add(member);
                member.publishFirst();
            }
            return pipelines;
        } catch (SQLException | RuntimeException e) {
            pipelines.close();
            throw e;
        }
    }

    /** Starts one JVM for all pipelines. */
    static SteadyPipelines together(Bench bench, RelayProcess relay, String name, int count, Rate rate)
            throws SQLException {
        SteadyPipelines pipelines = new SteadyPipelines(rate);
        List<OutboxDatabase> databases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            databases.add(bench.databases().newDatabase(PipelinesCase.NAME));
        }
        List<Turn> turns = Turn.beginTogether(bench, databases, relay, name, PARTITIONS);
        for (int i = 0; i < count; i++) {
            pipelines.members.add(Member.of(bench, databases.get(i), turns.get(i), rate.capacity(count)));
        }
        for (Member member : pipelines.members) {
            member.publishFirst();
        }
        return pipelines;
    }

    /** Writes at the rate, and adds latency, processor time and memory of all together. */
    void measure(String who, Figures figures) throws SQLException {
        List<PacedWriter> writers =
                members.stream().map(member -> member.writer).toList();
        PacedWriter.writeInTurn(writers, rate.perSecond, rate.warmUp);
        double contenders = processorTime(contenders());
        double walSenders = processorTime(walSenders());
        int[] first = writers.stream().mapToInt(PacedWriter::written).toArray();
        PacedWriter.writeInTurn(writers, rate.perSecond, rate.duration);
        double seconds = rate.duration.toSeconds();
        contenders = (processorTime(contenders()) - contenders) / seconds;
        walSenders = (processorTime(walSenders()) - walSenders) / seconds;
        double residentBytes =
                contenders().stream().mapToLong(ProcessUsage::residentBytes).sum();

        List<Double> latencies = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            member.awaitAll();
            for (int event = first[i]; event < member.writer.written(); event++) {
                latencies.add(LatencyCase.appendMillis(member.writer, member.arrivals, event));
            }
        }
        Percentiles percentiles = new Percentiles(
                latencies.stream().mapToDouble(Double::doubleValue).toArray());
        figures.add(who, "to-append-p50", "ms", percentiles.at(0.5));
        figures.add(who, "to-append-p99", "ms", percentiles.at(0.99));
        figures.add(who, "cores", "cores", contenders);
        figures.add(who, "cores-walsenders", "cores", walSenders);
        figures.add(who, "rss", "MB", residentBytes / 1e6);
    }

    /** Counts a JVM once, however many pipelines it has. */
    private List<ProcessUsage> contenders() {
        return members.stream()
                .map(member -> member.turn.jvm())
                .distinct()
                .map(ChildJvm::usage)
                .toList();
    }

    private List<ProcessUsage> walSenders() throws SQLException {
        List<ProcessUsage> walSenders = new ArrayList<>();
        for (Member member : members) {
            walSenders.add(new ProcessUsage(
                    member.database.walSender(member.turn.pipeline().slot()).orElseThrow()));
        }
        return walSenders;
    }

    private static double processorTime(List<ProcessUsage> processes) {
        return processes.stream().mapToDouble(ProcessUsage::cpuSeconds).sum();
    }

    /** Closes all, also those after one that fails: a JVM that is left would take its processors from the rest of the run. */
    @Override
    public void close() {
        IllegalStateException failure = new IllegalStateException("Not all pipelines have ended cleanly");
        for (Member member : members) {
            try {
                member.close();
            } catch (SQLException | RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    /** One pipeline with its writer and its consumer. */
    private record Member(OutboxDatabase database, Turn turn, Watch watch, ArrivalTimes arrivals, PacedWriter writer) {

        static Member of(Bench bench, OutboxDatabase database, Turn turn, int capacity) throws SQLException {
            return new Member(
                    database,
                    turn,
                    new Watch(database, bench.broker(), turn),
                    new ArrivalTimes(bench.broker().bootstrapServers(), turn.partitions(), capacity),
                    new PacedWriter(database, capacity));
        }

        void publishFirst() throws SQLException {
            writer.write(1, Duration.ofSeconds(1));
            awaitAll();
        }

        void awaitAll() throws SQLException {
            watch.until(() -> arrivals.count() == writer.written(), PATIENCE, "published all events");
        }

        void close() throws SQLException {
            arrivals.close();
            writer.close();
            turn.close();
            database.close();
        }
    }
}
