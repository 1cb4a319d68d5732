package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.load.Backlog;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

/**
 * Measures memory: the smallest heap with which a contender drains a backlog within half a minute, and the memory that it takes to
 * publish one large transaction with that contender's usual heap.
 *
 * @param backlog     for the smallest heap
 * @param transaction one transaction of many rows
 * @param contenders  in the order of the report
 */
public record MemoryCase(Backlog backlog, Backlog transaction, List<Contender> contenders) implements Case {

    /** The name. */
    public static final String NAME = "memory";

    private static final Logger log = LoggerFactory.getLogger(MemoryCase.class);

    private static final int PARTITIONS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<Integer> HEAPS_IN_MB = List.of(16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean needsWarmBroker() {
        return false;
    }

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Figures figures = new Figures(
                NAME,
                Map.of(
                        "events", Integer.toString(backlog.events()),
                        "transaction-rows", Integer.toString(transaction.events()),
                        "payload-bytes", Integer.toString(transaction.payloadBytes()),
                        "partitions", Integer.toString(PARTITIONS)));
        contenders.forEach(contender -> figures.settings(contender.name(), contender.settings()));
        try (OutboxDatabase database = bench.databases().newDatabase(NAME)) {
            backlog.fillWal(database);
            Drain drain = new Drain(bench, database, backlog.events(), PARTITIONS, PATIENCE);
            Rounds.each(
                    NAME,
                    bench.rounds(),
                    contenders,
                    Contender::name,
                    (contender, turn) ->
                            figures.add(contender.name(), "least-heap", "MB", leastHeap(drain, contender, turn)));
        }
        try (OutboxDatabase database = bench.databases().newDatabase(NAME)) {
            transaction.fillWal(database);
            Drain drain = new Drain(bench, database, transaction.events(), PARTITIONS);
            Rounds.each(NAME, bench.rounds(), contenders, Contender::name, (contender, turn) -> {
                Drain.Outcome outcome = drain.run(contender, turn);
                figures.add(
                        contender.name(),
                        "transaction-throughput",
                        "events/s",
                        outcome.timeline().throughput());
                figures.add(contender.name(), "transaction-peak-rss", "MB", outcome.peakResidentBytes() / 1e6);
            });
        }
        return figures.toList();
    }

    /** Finds the smallest of the sizes that suffices, by halving: more heap never does less. */
    private static int leastHeap(Drain drain, Contender contender, String turn) throws SQLException {
        int tooSmall = -1;
        int enough = HEAPS_IN_MB.size();
        while (enough - tooSmall > 1) {
            int middle = (tooSmall + enough) / 2;
            if (suffices(drain, contender, turn, HEAPS_IN_MB.get(middle))) {
                enough = middle;
            } else {
                tooSmall = middle;
            }
        }
        if (enough == HEAPS_IN_MB.size()) {
            throw new IllegalStateException(contender.name() + " does not drain the backlog with "
                    + HEAPS_IN_MB.get(enough - 1) + " MB of heap");
        }
        return HEAPS_IN_MB.get(enough);
    }

    private static boolean suffices(Drain drain, Contender contender, String turn, int megabytes) throws SQLException {
        try {
            drain.run(contender.withHeap(megabytes), turn + "_" + megabytes + "m");
            return true;
        } catch (UnfinishedException e) {
            log.info("{} does not do with {} MB of heap", contender.name(), megabytes);
            return false;
        }
    }
}
