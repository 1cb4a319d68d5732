package dev.fullstate.outbox.relay.wal;

import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.fullstate.outbox.relay.position.Lsn;

/** The republish jobs that have ended, and where the relay notes up to where a consumer has to read to have all of them. */
public interface RepublishJobs {

    /**
     * Jobs whose events were all committed before one moment.
     *
     * @param jobs the first few that have ended and have no note of this pipeline yet; mostly none
     * @param seen the moment at which they were looked for
     */
    record Ended(List<Job> jobs, Horizon seen) {

        public Ended {
            jobs = List.copyOf(jobs);
        }
    }

    /** The events that a job has published, perhaps none. */
    record Job(UUID id, Set<String> aggregateTypes) {

        public Job {
            aggregateTypes = Set.copyOf(aggregateTypes);
        }
    }

    /** The offset after the last record of a topic's partition. */
    record End(String topic, int partition, long offset) {}

    /**
     * Finds the jobs that wait for a note.
     *
     * @throws WalException if the tables cannot be read
     */
    Ended ended();

    /**
     * Notes where the events of a job end.
     *
     * @param ends for each partition that has records
     * @param published for those who read the table; not before that of the moment that came with the job
     * @throws WalException if it could not be written
     */
    void note(Job job, List<End> ends, Lsn published);
}
