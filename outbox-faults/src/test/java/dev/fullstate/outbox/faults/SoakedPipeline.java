package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.Map;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.server.Outbox;

/** A pipeline whose days are short: all rows look as if they were written eight days ago, and the test says which leaf they are in. */
final class SoakedPipeline implements AutoCloseable {

    private static final int LEAVES = 16;

    private final Scenario scenario;
    /** The leaf into which the writers write. */
    private int leaf;

    private SoakedPipeline(Scenario scenario) {
        this.scenario = scenario;
    }

    static SoakedPipeline create() throws SQLException {
        SoakedPipeline pipeline = new SoakedPipeline(Scenario.of(Mix.ORDINARY, Map.of()));
        pipeline.alter("created_at", "clock_timestamp() - interval '8 days'");
        pipeline.alter("bucket", "0");
        return pipeline;
    }

    private void alter(String column, String value) throws SQLException {
        outbox().execute("alter table outbox alter column " + column + " set default " + value);
    }

    Scenario scenario() {
        return scenario;
    }

    Outbox outbox() {
        return scenario.outbox;
    }

    /** Lets the writers go on in the next leaf, and retires the one before once it is published. */
    void passADay() throws SQLException {
        int passed = leaf;
        leaf = (leaf + 1) % LEAVES;
        alter("bucket", Integer.toString(leaf));
        scenario.workload.commit(1);
        scenario.patience().until("leaf " + passed + " is retired", () -> scenario.committed.retire(passed));
    }

    /** Drops the slot: the pipeline is gone. */
    @Override
    public void close() throws SQLException {
        scenario.close();
    }
}
