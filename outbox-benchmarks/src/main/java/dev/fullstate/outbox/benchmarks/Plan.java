package dev.fullstate.outbox.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.fullstate.outbox.benchmarks.cases.CaptureCase;
import dev.fullstate.outbox.benchmarks.cases.Case;
import dev.fullstate.outbox.benchmarks.cases.DrainCase;
import dev.fullstate.outbox.benchmarks.cases.IdleCase;
import dev.fullstate.outbox.benchmarks.cases.LatencyCase;
import dev.fullstate.outbox.benchmarks.cases.MemoryCase;
import dev.fullstate.outbox.benchmarks.cases.MicroCase;
import dev.fullstate.outbox.benchmarks.cases.OneProcessCase;
import dev.fullstate.outbox.benchmarks.cases.PipelinesCase;
import dev.fullstate.outbox.benchmarks.cases.RepublishCase;
import dev.fullstate.outbox.benchmarks.cases.RepublishHeapCase;
import dev.fullstate.outbox.benchmarks.cases.RepublishLiveCase;
import dev.fullstate.outbox.benchmarks.cases.StartCase;
import dev.fullstate.outbox.benchmarks.cases.WholeWayCase;
import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication.Outbox;
import dev.fullstate.outbox.benchmarks.load.Backlog;

/** The cases with their sizes, in the order of the report. */
final class Plan {

    private static final int KEYS = 50_000;
    private static final int ROWS = 10;
    private static final int ONE_KILOBYTE = 1_000;
    private static final int PARTITIONS = 6;
    private static final int WARM_UP_EVENTS = 500_000;

    private final Parameters parameters;
    private final Contenders contenders;

    Plan(Parameters parameters, Contenders contenders) {
        this.parameters = parameters;
        this.contenders = contenders;
    }

    /**
     * {@return a drain without figures, because a broker that has compiled nothing yet must not be measured: neither what it does for everybody,
     * nor what it does for transactions only}
     */
    Case warmUp() {
        return new DrainCase(
                "warm-up", new Backlog(WARM_UP_EVENTS, KEYS, ROWS, ONE_KILOBYTE), PARTITIONS, contenders.warming());
    }

    /** {@return whether a case that the parameters include needs a warm broker} */
    boolean needsWarmBroker() {
        return cases().stream().anyMatch(Case::needsWarmBroker);
    }

    /** {@return the cases that the parameters include and that have a contender} */
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        cases.add(drain("drain-1k", backlog(500_000, ROWS, ONE_KILOBYTE)));
        cases.add(drain("drain-200b", backlog(300_000, ROWS, 200)));
        cases.add(drain("drain-10k", backlog(30_000, ROWS, 10_000)));
        cases.add(drain("drain-1k-single", backlog(200_000, 1, ONE_KILOBYTE)));
        cases.add(latency());
        cases.add(
                new WholeWayCase(contenders.peers(), seconds(24), seconds(6), seconds(8), 200, contenders.wholeWays()));
        cases.add(new CaptureCase(
                contenders.peers(), seconds(3), List.of(Outbox.NONE, Outbox.HANDWRITTEN, Outbox.FULLSTATE)));
        cases.add(new StartCase(contenders.named(
                Contenders.RELAY_EXACTLY_ONCE, Contenders.RELAY_JAR, Contenders.RELAY, Contenders.DEBEZIUM)));
        cases.add(new IdleCase(
                seconds(15),
                seconds(15),
                contenders.named(
                        Contenders.RELAY_EXACTLY_ONCE,
                        Contenders.RELAY_JAR,
                        Contenders.RELAY_TABLE,
                        Contenders.RELAY,
                        Contenders.DEBEZIUM,
                        Contenders.DEBEZIUM_LOW_LATENCY)));
        cases.add(new MemoryCase(
                backlog(50_000, ROWS, ONE_KILOBYTE),
                backlog(1_000_000, Integer.MAX_VALUE, ONE_KILOBYTE),
                contenders.named(
                        Contenders.RELAY_EXACTLY_ONCE, Contenders.RELAY_JAR, Contenders.RELAY, Contenders.DEBEZIUM)));
        cases.addAll(republish());
        cases.addAll(growth());
        cases.add(new MicroCase());
        cases.removeIf(candidate -> !included(candidate));
        return cases;
    }

    private boolean included(Case candidate) {
        return candidate instanceof LatencyCase latency
                ? !latency.rates().isEmpty()
                : parameters.includesCase(candidate.name());
    }

    private DrainCase drain(String name, Backlog backlog) {
        return new DrainCase(name, backlog, PARTITIONS, contenders.draining());
    }

    private LatencyCase latency() {
        List<Integer> rates = Stream.of(500, 2_000)
                .filter(rate -> parameters.includesCase(LatencyCase.NAME + "-" + rate))
                .toList();
        return new LatencyCase(rates, seconds(6), seconds(8), contenders.prompt());
    }

    private List<Case> republish() {
        return List.of(
                new RepublishCase(contenders.peers(), parameters.scaled(100_000)),
                new RepublishLiveCase(contenders.peers(), parameters.scaled(100_000), 100, 500, seconds(20)),
                new RepublishHeapCase(contenders.peers(), parameters.scaled(20_000), parameters.scaled(1_000_000)));
    }

    /** The cases that depend on the size of an installation. */
    private List<Case> growth() {
        List<Contender> ours = contenders.named(Contenders.RELAY_EXACTLY_ONCE);
        List<Case> cases = new ArrayList<>();
        for (int events : new int[] {100_000, 2_000_000}) {
            cases.add(new DrainCase(
                    "growth-backlog-" + events / 1_000 + "k", backlog(events, ROWS, ONE_KILOBYTE), PARTITIONS, ours));
        }
        for (int partitions : new int[] {1, 16}) {
            cases.add(new DrainCase(
                    "growth-partitions-" + partitions, backlog(200_000, ROWS, ONE_KILOBYTE), partitions, ours));
        }
        Backlog beside = new Backlog(parameters.scaled(100_000), KEYS, ROWS, ONE_KILOBYTE, 9);
        cases.add(new DrainCase("growth-unpublished-wal", beside, PARTITIONS, ours));
        ours.forEach(relay -> cases.add(new PipelinesCase(List.of(1, 4, 16), 500, seconds(8), seconds(6), relay)));
        contenders
                .relay(Contenders.RELAY_EXACTLY_ONCE)
                .ifPresent(
                        relay -> cases.add(new OneProcessCase(16, 160, seconds(30), seconds(20), relay.withHeap(512))));
        return cases;
    }

    private Backlog backlog(int events, int rowsPerTransaction, int payloadBytes) {
        return new Backlog(parameters.scaled(events), KEYS, rowsPerTransaction, payloadBytes);
    }

    private Duration seconds(int count) {
        return Duration.ofSeconds(parameters.scaled(count));
    }
}
