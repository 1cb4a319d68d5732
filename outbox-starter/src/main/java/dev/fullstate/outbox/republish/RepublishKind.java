package dev.fullstate.outbox.republish;

import java.util.Set;

import dev.fullstate.outbox.jobs.JobKind;
import dev.fullstate.outbox.jobs.LockedSlice;
import dev.fullstate.outbox.jobs.Slice;
import dev.fullstate.outbox.jobs.SliceWork;

/** Jobs that publish the current states of aggregates. */
final class RepublishKind implements JobKind {

    private final CapturedTypes types;
    private final int fetchBatchSize;

    RepublishKind(CapturedTypes types, int fetchBatchSize) {
        this.types = types;
        this.fetchBatchSize = fetchBatchSize;
    }

    @Override
    public String name() {
        return "republish";
    }

    @Override
    public String label() {
        return "Republish job";
    }

    @Override
    public Set<String> types() {
        return types.names();
    }

    @Override
    public boolean needsCount(Slice slice) {
        return slice.named()
                || slice.dryRun()
                || RepublishParameters.of(slice.parameters()).changedSince() != null;
    }

    @Override
    public SliceWork open(LockedSlice locked) {
        return RepublishChunk.open(locked, types.get(locked.slice().aggregateType()), fetchBatchSize);
    }
}
