package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.util.List;

import org.apache.kafka.common.TopicPartition;

import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.contender.Pipeline;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.harness.process.ChildJvm;

/** One contender at work in a lane of its own. */
final class Turn implements AutoCloseable {

    private final Lane lane;
    private final long startedMillis;
    private final ChildJvm jvm;

    private Turn(Lane lane, Contender contender) {
        this.lane = lane;
        this.startedMillis = System.currentTimeMillis();
        this.jvm = contender.start(lane.pipeline());
    }

    /**
     * Opens a lane and starts the contender.
     *
     * @param name for slot, topic and folder: lower case, digits and underscores, not used before in this database
     */
    static Turn begin(Bench bench, OutboxDatabase database, Contender contender, String name, int partitions)
            throws SQLException {
        return new Turn(Lane.open(bench, database, name, partitions), contender);
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
