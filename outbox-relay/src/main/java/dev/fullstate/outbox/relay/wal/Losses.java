package dev.fullstate.outbox.relay.wal;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Newest;

/**
 * What consumers have and the database has lost: events that were found in Kafka, of this outbox, whose rows are not in the table and were not
 * retired. Their aggregates are published once more by a republish job, as the database has them now.
 */
public interface Losses {

    /**
     * What is lost.
     *
     * @param types the aggregates of which an event is lost
     * @param since when the earliest of these events was written; null without any
     * @param leftOut events that are not in the table either, and of which it cannot be told that they are of this outbox
     */
    record Loss(List<Aggregates> types, @Nullable Instant since, List<Strangers> leftOut) {

        public Loss {
            types = List.copyOf(types);
            leftOut = List.copyOf(leftOut);
        }

        public boolean isEmpty() {
            return types.isEmpty();
        }
    }

    /** How many aggregates of a type, with the ids of the first few. */
    record Aggregates(String type, long count, List<String> someIds) {

        public Aggregates {
            someIds = List.copyOf(someIds);
        }
    }

    /**
     * Events in a topic.
     *
     * @param known whether rows of the outbox have their source, and only their aggregate type cannot be told
     */
    record Strangers(String topic, String source, boolean known, long count) {}

    /**
     * A republish job that a relay has asked for.
     *
     * @param job its id
     * @param isPaused whether it waits for somebody to resume it
     * @param isOfWholeTypes whether it is for all aggregates of the types; how many they are is not known then
     */
    record Request(UUID job, boolean isPaused, boolean isOfWholeTypes, List<Aggregates> types) {

        public Request {
            types = List.copyOf(types);
        }
    }

    /**
     * Compares what was found in Kafka with the table. To be called after {@link RetainedRows#endFound}.
     *
     * @param aggregateTypes by topic, where they can be told by it
     */
    Loss find(Map<String, String> aggregateTypes);

    /**
     * Has what was found last published once more, by a job. The same loss makes one job, however often this is called.
     *
     * @param paused whether the job is to wait for somebody to resume it
     * @throws WalException if the role may not, or the tables are not there; carries the grant
     */
    Request republish(boolean paused);

    /**
     * Has all aggregates of some types published once more, by a job.
     *
     * @param after the newest row that is known to be published; the same one makes one job, however often this is called
     * @param paused whether the job is to wait for somebody to resume it
     * @throws WalException if the role may not, or the tables are not there; carries the grant
     */
    Request republish(List<String> types, Newest after, boolean paused);

    /** The jobs of this pipeline that wait for somebody to resume them, the first few. */
    List<Request> waiting();

    /** The statement that is missing for {@link #republish}; null if the role may. */
    @Nullable
    String missingGrant();
}
