package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.arrival.ArrivalTimes;
import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.load.PacedWriter;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.harness.process.ProcessUsage;

/**
 * Measures the cost of many pipelines on one server: services with a database, a slot and a relay each, which share a steady rate of
 * transactions. Every slot's walsender reads the WAL of all of them.
 *
 * @param counts    of pipelines
 * @param perSecond transactions of all pipelines together
 * @param warmUp    time at this rate before the measurement
 * @param duration  of the measurement
 * @param contender whose pipelines they are
 */
public record PipelinesCase(
        List<Integer> counts, int perSecond, Duration warmUp, Duration duration, Contender contender) implements Case {

    /** The name. */
    public static final String NAME = "growth-pipelines";

    private static final int PARTITIONS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Figures figures = new Figures(
                NAME,
                Map.of(
                        "transactions-per-second", Integer.toString(perSecond),
                        "warm-up", warmUp.toString(),
                        "duration", duration.toString(),
                        "partitions", Integer.toString(PARTITIONS)));
        Rounds.each(NAME, bench.rounds(), counts, String::valueOf, (count, turn) -> {
            List<Member> members = new ArrayList<>();
            try {
                for (int i = 0; i < count; i++) {
                    members.add(Member.start(bench, contender, turn, capacity(count)));
                }
                measure(members, count, figures);
            } finally {
                for (Member member : members) {
                    member.close();
                }
            }
        });
        return figures.toList();
    }

    private int capacity(int count) {
        return 2 + (int) ((warmUp.toSeconds() + duration.toSeconds() + 1) * perSecond / count);
    }

    private void measure(List<Member> members, int count, Figures figures) throws SQLException {
        for (Member member : members) {
            member.writer.write(1, Duration.ofSeconds(1));
            member.awaitAll();
        }
        List<PacedWriter> writers =
                members.stream().map(member -> member.writer).toList();
        PacedWriter.writeInTurn(writers, perSecond, warmUp);
        double contenders = sum(members, member -> member.turn.jvm().usage());
        double walSenders = sum(members, Member::walSender);
        int[] first = writers.stream().mapToInt(PacedWriter::written).toArray();
        PacedWriter.writeInTurn(writers, perSecond, duration);
        double seconds = duration.toSeconds();
        contenders = (sum(members, member -> member.turn.jvm().usage()) - contenders) / seconds;
        walSenders = (sum(members, Member::walSender) - walSenders) / seconds;

        List<Double> latencies = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            member.awaitAll();
            for (int event = first[i]; event < member.writer.written(); event++) {
                latencies.add(member.appendMillis(event));
            }
        }
        Percentiles percentiles = new Percentiles(
                latencies.stream().mapToDouble(Double::doubleValue).toArray());
        String who = contender.name() + " x " + count;
        figures.settings(who, contender.settings());
        figures.add(who, "to-append-p50", "ms", percentiles.at(0.5));
        figures.add(who, "to-append-p99", "ms", percentiles.at(0.99));
        figures.add(who, "cores", "cores", contenders);
        figures.add(who, "cores-walsenders", "cores", walSenders);
    }

    private interface Usage {
        ProcessUsage of(Member member) throws SQLException;
    }

    private static double sum(List<Member> members, Usage usage) throws SQLException {
        double sum = 0;
        for (Member member : members) {
            sum += usage.of(member).cpuSeconds();
        }
        return sum;
    }

    /** One pipeline with its writer and its consumer. */
    private record Member(OutboxDatabase database, Turn turn, Watch watch, ArrivalTimes arrivals, PacedWriter writer) {

        static Member start(Bench bench, Contender contender, String name, int capacity) throws SQLException {
            OutboxDatabase database = bench.databases().newDatabase(NAME);
            Turn turn = Turn.begin(bench, database, contender, name, PARTITIONS);
            return new Member(
                    database,
                    turn,
                    new Watch(database, bench.broker(), turn),
                    new ArrivalTimes(bench.broker().bootstrapServers(), turn.partitions(), capacity),
                    new PacedWriter(database, capacity));
        }

        void awaitAll() throws SQLException {
            watch.until(() -> arrivals.count() == writer.written(), PATIENCE, "published all events");
        }

        ProcessUsage walSender() throws SQLException {
            return new ProcessUsage(database.walSender(turn.pipeline().slot()).orElseThrow());
        }

        double appendMillis(int event) {
            return LatencyCase.appendMillis(writer, arrivals, event);
        }

        void close() throws SQLException {
            arrivals.close();
            writer.close();
            turn.close();
            database.close();
        }
    }
}
