package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.util.List;

import org.apache.kafka.common.TopicPartition;

import dev.fullstate.outbox.benchmarks.contender.Pipeline;
import dev.fullstate.outbox.benchmarks.server.Broker;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

/**
 * A slot and a topic for one contender's turn; both are gone afterwards.
 *
 * @param pipeline   from the slot to the topic
 * @param partitions of the topic
 */
record Lane(OutboxDatabase database, Broker broker, Pipeline pipeline, List<TopicPartition> partitions)
        implements AutoCloseable {

    /**
     * Opens a lane whose slot has not been read.
     *
     * @param name for slot, topic and folder: lower case, digits and underscores, not used before in this database
     */
    static Lane open(Bench bench, OutboxDatabase database, String name, int partitions) throws SQLException {
        String unique = database.name() + "_" + name;
        database.copySlot(unique);
        List<TopicPartition> created = bench.broker().createTopic(unique, partitions);
        Pipeline pipeline = new Pipeline(
                database.host(),
                database.port(),
                database.name(),
                database.username(),
                database.password(),
                unique,
                bench.broker().bootstrapServers(),
                unique,
                bench.folder().resolve(unique));
        return new Lane(database, bench.broker(), pipeline, created);
    }

    @Override
    public void close() throws SQLException {
        database.dropSlot(pipeline.slot());
        broker.deleteTopic(pipeline.topic());
    }
}
