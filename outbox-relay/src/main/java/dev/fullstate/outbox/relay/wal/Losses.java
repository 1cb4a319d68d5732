package dev.fullstate.outbox.relay.wal;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Newest;

/**
 * The events that consumers have and the database has lost: events of this outbox that were found in Kafka, whose rows are not in the table
 * and were not retired. A republish job publishes their aggregates again, as the database has them now.
 */
public interface Losses {

    /**
     * The lost events.
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

    /** The number of aggregates of a type, with the ids of the first few. */
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
     * @param isPaused whether it waits to be resumed
     * @param isOfWholeTypes whether it is for all aggregates of the types, whose number is then unknown
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
     * @param historyIsLost whether the database is known to have lost commits
     */
    Loss find(Map<String, String> aggregateTypes, boolean historyIsLost);

    /**
     * Has what was found last published once more, by a job. The same loss makes one job, however often this is called.
     *
     * @param paused whether the job is to wait to be resumed
     * @throws WalException if the role may not, or the tables do not exist; carries the grant
     */
    Request republish(boolean paused);

    /**
     * Has all aggregates of some types published once more, by a job.
     *
     * @param after the newest row that is known to be published; the same one makes one job, however often this is called
     * @param paused whether the job is to wait to be resumed
     * @throws WalException if the role may not, or the tables do not exist; carries the grant
     */
    Request republish(List<String> types, Newest after, boolean paused);

    /** {@return the jobs of this pipeline that wait to be resumed, the first few} */
    List<Request> waiting();

    /** Returns the statement that is missing for {@link #republish}; null if the role may. */
    @Nullable
    String missingGrant();
}
