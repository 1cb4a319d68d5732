package dev.fullstate.outbox.benchmarks.contender;

import java.nio.file.Path;

/**
 * One way from a slot to a topic, for one contender alone: slot, publication and topic exist before it starts.
 *
 * @param host             of the database
 * @param port             of the database
 * @param database         its name
 * @param username         may replicate and read the outbox
 * @param password         of the user
 * @param slot             a copy, so that this contender reads the same WAL as all others
 * @param bootstrapServers of the broker
 * @param topic            the topic of all events
 * @param folder           for the contender's files and logs
 */
public record Pipeline(
        String host,
        int port,
        String database,
        String username,
        String password,
        String slot,
        String bootstrapServers,
        String topic,
        Path folder) {

    public String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(host, port, database);
    }
}
