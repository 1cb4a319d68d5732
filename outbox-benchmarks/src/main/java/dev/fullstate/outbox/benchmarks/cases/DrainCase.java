package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.load.Backlog;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

/**
 * Measures the rate at which a backlog is published: all contenders drain the same rows of the same WAL.
 *
 * @param name       of the case
 * @param backlog    the rows
 * @param partitions of the topic
 * @param contenders in the order of the report
 */
public record DrainCase(String name, Backlog backlog, int partitions, List<Contender> contenders) implements Case {

    private static final double BYTES_PER_MEGABYTE = 1_000_000;

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Figures figures = new Figures(
                name,
                Map.of(
                        "events", Integer.toString(backlog.events()),
                        "keys", Integer.toString(backlog.keys()),
                        "rows-per-transaction", Integer.toString(backlog.rowsPerTransaction()),
                        "payload-bytes", Integer.toString(backlog.payloadBytes()),
                        "unpublished-rows-per-event", Integer.toString(backlog.unpublishedRows()),
                        "partitions", Integer.toString(partitions)));
        try (OutboxDatabase database = bench.databases().newDatabase(name)) {
            backlog.fillWal(database);
            Drain drain = new Drain(bench, database, backlog.events(), partitions);
            Rounds.each(name, bench.rounds(), contenders, Contender::name, (contender, turn) -> {
                figures.settings(contender.name(), contender.settings());
                add(figures, contender, drain.run(contender, turn));
            });
        }
        return figures.toList();
    }

    private static void add(Figures figures, Contender contender, Drain.Outcome outcome) {
        String who = contender.name();
        figures.add(who, "throughput", "events/s", outcome.timeline().throughput());
        figures.add(who, "throughput-warm-half", "events/s", outcome.timeline().warmThroughput());
        figures.add(
                who,
                "cpu-contender",
                "s/million",
                outcome.perMillion(outcome.used().contender()));
        figures.add(who, "cpu-contender-warm-half", "s/million", outcome.warmPerMillion());
        figures.add(
                who,
                "cpu-walsender",
                "s/million",
                outcome.perMillion(outcome.used().walSender()));
        if (contender.publishes()) {
            figures.add(
                    who,
                    "cpu-broker",
                    "s/million",
                    outcome.perMillion(outcome.used().broker()));
        }
        figures.add(who, "peak-rss", "MB", outcome.peakResidentBytes() / BYTES_PER_MEGABYTE);
    }
}
