package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.faults.relay.RelayProcess;

/**
 * Some pipelines under load, and two relay processes. One lives through everything that happens. The other is killed or stopped at the end of
 * each round and comes back with the next one, with a pipeline more or less; the two take the slots from each other. In each round a day of
 * the outbox passes, and the rows of the one before are retired.
 */
final class Soak implements AutoCloseable {

    /** The number of pipelines that both processes have all the time. */
    private static final int SHARED = 2;

    private static final int MOST = 4;
    private static final int MOST_FAULTS = 3;
    private static final int EVENTS = 150;
    private static final int MEAN_REST_MILLIS = 8_000;

    private final Random random;
    /** Those that both processes have come first. */
    private final List<SoakedPipeline> pipelines = new ArrayList<>();

    private final RelayProcess lasting;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private int retiredCount;
    private int addedCount;
    private int removedCount;
    /** Bytes of the log of the process that lasts, when the figures were last taken. */
    private long loggedBytes;
    /** Bytes of the log of the other one in this round. */
    private long otherLoggedBytes;

    /** Null before the first round, and from the end of each round on. */
    private @Nullable RelayProcess other;

    private enum Fault {
        PAUSE_RELAY,
        TERMINATE_WAL_SENDER,
        CUT_POSTGRES,
        CUT_KAFKA,
        BLACK_HOLE,
        KILL_BROKER,
        END_POSTGRES
    }

    Soak(long seed) throws SQLException {
        this.random = new Random(seed);
        for (int i = 0; i < SHARED; i++) {
            pipelines.add(SoakedPipeline.create());
        }
        this.lasting = start("soak-lasting");
    }

    private RelayProcess start(String name) {
        RelayProcess relay = RelayProcess.preparePipelines(
                name,
                pipelines.stream().map(SoakedPipeline::outbox).toList(),
                Servers.BROKER,
                RandomFaultsIT.IMPATIENT);
        relay.control().start();
        return relay;
    }

    /** Ends with everything published, and with the one relay only that lasts. */
    void round() throws SQLException {
        if (pipelines.size() < MOST && random.nextBoolean()) {
            pipelines.add(SoakedPipeline.create());
            addedCount++;
        }
        other = start("soak-other");
        for (int faults = 1 + random.nextInt(MOST_FAULTS); faults > 0; faults--) {
            allow();
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            inflict(fault, new Lasting(random, 1));
            counts.merge(fault, 1, Integer::sum);
            awaitAllPublished(pipelines);
        }
        for (SoakedPipeline pipeline : pipelines) {
            pipeline.passADay();
            retiredCount++;
        }
        SoakedPipeline leaving = pipelines.size() > SHARED && random.nextBoolean()
                ? pipelines.remove(SHARED + random.nextInt(pipelines.size() - SHARED))
                : null;
        if (leaving != null) {
            leaving.scenario().assertExactlyOnce();
        }
        allow();
        endOther();
        if (leaving != null) {
            leaving.close();
            removedCount++;
        }
        pipelines.forEach(pipeline -> pipeline.scenario().workload.awaitCommitted());
        awaitAllPublished(pipelines.subList(0, SHARED));
        // Services are idle at times, and so is a machine on which other tests run.
        new Lasting(random, 1).between(0, 2 * MEAN_REST_MILLIS);
    }

    private void allow() {
        pipelines.forEach(pipeline -> pipeline.scenario().workload.allow(EVENTS));
    }

    private static void awaitAllPublished(List<SoakedPipeline> some) throws SQLException {
        for (SoakedPipeline pipeline : some) {
            pipeline.scenario().awaitAllPublished();
        }
    }

    private void inflict(Fault fault, Lasting duration) {
        switch (fault) {
            case PAUSE_RELAY -> {
                lasting.pause();
                duration.between(4_000, 8_000);
                lasting.resume();
            }
            case TERMINATE_WAL_SENDER ->
                pipelines.forEach(pipeline -> pipeline.outbox().terminateWalSender());
            case CUT_POSTGRES -> Servers.DATABASE.link().cut();
            case CUT_KAFKA -> Servers.BROKER.link().cut();
            case BLACK_HOLE -> {
                Link link = random.nextBoolean() ? Servers.DATABASE.link() : Servers.BROKER.link();
                link.blackHole();
                duration.between(500, 5_000);
                link.heal();
            }
            case KILL_BROKER -> {
                Servers.BROKER.kill();
                Servers.BROKER.restart();
            }
            case END_POSTGRES -> {
                Servers.DATABASE.server().kill();
                Servers.DATABASE.server().restart();
            }
        }
    }

    private void endOther() {
        RelayProcess ending = Objects.requireNonNull(other);
        if (random.nextBoolean()) {
            ending.kill();
        } else {
            ending.stop(Scenario.TIMEOUT);
        }
        otherLoggedBytes = ending.logBytes();
        ending.close();
        other = null;
    }

    /** {@return the figures of the process that lasts, when it alone has the slots, after a round} */
    Figures figures() throws SQLException {
        SoakedPipeline any = pipelines.get(0);
        any.scenario()
                .patience()
                .until(
                        "the relay has all slots that it shares",
                        () -> any.outbox()
                                .query(
                                        "select count(*) from pg_stat_replication where application_name like 'outbox-relay%'")
                                .equals(Integer.toString(SHARED)));
        long logged = lasting.logBytes() - loggedBytes;
        loggedBytes += logged;
        return new Figures(
                lasting.liveHeapBytes(),
                lasting.usage().threadCount(),
                lasting.usage().socketCount(),
                lasting.usage().openFileCount(),
                Long.parseLong(Objects.requireNonNull(any.outbox()
                        .query("select count(*) from pg_stat_activity where application_name like 'outbox-relay%'"))),
                logged + otherLoggedBytes);
    }

    /** {@return the names of the server's slots that are not those of the pipelines, and of pipelines without one} */
    List<String> slotsTooManyOrMissing() throws SQLException {
        List<String> different = new ArrayList<>();
        for (String slot : pipelines.get(0).outbox().strings("select slot_name from pg_replication_slots")) {
            different.add(Objects.requireNonNull(slot));
        }
        for (SoakedPipeline pipeline : pipelines) {
            if (!different.remove(pipeline.outbox().name())) {
                different.add(pipeline.outbox().name());
            }
        }
        return different;
    }

    /** Lets the relays publish everything, and judges all that was published. */
    void judge() throws SQLException {
        other = start("soak-other");
        for (SoakedPipeline pipeline : pipelines) {
            pipeline.scenario().assertExactlyOnce();
        }
    }

    /** {@return the ends of both logs} */
    String context() {
        RelayProcess beside = other;
        return lasting.endOfLog() + (beside == null ? "" : "\n" + beside.endOfLog());
    }

    @Override
    public String toString() {
        return "%s; %d leaves retired, %d pipelines added, %d removed"
                .formatted(counts, retiredCount, addedCount, removedCount);
    }

    @Override
    public void close() throws SQLException {
        lasting.close();
        if (other != null) {
            other.close();
        }
        for (SoakedPipeline pipeline : pipelines) {
            pipeline.close();
        }
    }
}
