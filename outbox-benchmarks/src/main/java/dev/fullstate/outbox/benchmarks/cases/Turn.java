package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.apache.kafka.common.TopicPartition;

import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.contender.Pipeline;
import dev.fullstate.outbox.benchmarks.contender.RelayProcess;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.harness.process.ChildJvm;

/** One contender at work in a lane of its own. */
final class Turn implements AutoCloseable {

    private final Lane lane;
    private final long startedMillis;
    private final ChildJvm jvm;

    private Turn(Lane lane, long startedMillis, ChildJvm jvm) {
        this.lane = lane;
        this.startedMillis = startedMillis;
        this.jvm = jvm;
    }

    /**
     * Opens a lane and starts the contender.
     *
     * @param name for slot, topic and folder: lower case, digits and underscores, not used before in this database
     */
    static Turn begin(Bench bench, OutboxDatabase database, Contender contender, String name, int partitions)
            throws SQLException {
        Lane lane = Lane.open(bench, database, name, partitions);
        return new Turn(lane, System.currentTimeMillis(), contender.start(lane.pipeline()));
    }

    /** Opens a lane in each database, and starts one JVM for all; the first turn that is closed ends it. */
    static List<Turn> beginTogether(
            Bench bench, List<OutboxDatabase> databases, RelayProcess relay, String name, int partitions)
            throws SQLException {
        List<Lane> lanes = new ArrayList<>();
        for (OutboxDatabase database : databases) {
            lanes.add(Lane.open(bench, database, name, partitions));
        }
        long startedMillis = System.currentTimeMillis();
        ChildJvm jvm = relay.startTogether(lanes.stream().map(Lane::pipeline).toList());
        return lanes.stream().map(lane -> new Turn(lane, startedMillis, jvm)).toList();
    }

    Pipeline pipeline() {
        return lane.pipeline();
    }

    List<TopicPartition> partitions() {
        return lane.partitions();
    }

    /** {@return when the contender's process was started, in milliseconds since the epoch} */
    long startedMillis() {
        return startedMillis;
    }

    ChildJvm jvm() {
        return jvm;
    }

    @Override
    public void close() throws SQLException {
        jvm.close();
        lane.close();
    }
}
