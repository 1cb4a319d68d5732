package dev.fullstate.outbox.benchmarks.orders.fullstate;

import java.util.List;
import java.util.UUID;

import org.springframework.stereotype.Component;

import dev.fullstate.outbox.benchmarks.orders.load.Republishing;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.republish.RepublishConflictException;
import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.Republisher;

/** Starts jobs as an administrator does. */
@Component
final class RepublishJobs implements Republishing {

    private static final String ACTOR = "benchmark";

    private final Republisher republisher;

    RepublishJobs(Republisher republisher) {
        this.republisher = republisher;
    }

    @Override
    public UUID start(int perSecond) {
        Integer limit = perSecond == 0 ? null : perSecond;
        return republisher.start(new RepublishRequest(List.of(), null, null, limit, false, false), ACTOR);
    }

    @Override
    public Progress progress(UUID id) {
        RepublishJob job = republisher.find(id).orElseThrow();
        if (job.state() == Job.State.FAILED) {
            throw new IllegalStateException("Republish job " + id + " failed: " + job.error());
        }
        Long total = job.types().get(0).total();
        return new Progress(job.publishedCount(), total == null ? 0 : total, job.startedAt(), job.finishedAt());
    }

    @Override
    public void cancel(UUID id) {
        try {
            republisher.cancel(id, ACTOR);
        } catch (RepublishConflictException e) {
            if (!e.job().state().isFinal()) {
                throw e;
            }
        }
    }
}
