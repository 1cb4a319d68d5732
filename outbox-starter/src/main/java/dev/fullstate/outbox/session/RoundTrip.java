package dev.fullstate.outbox.session;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.hibernate.engine.spi.SharedSessionContractImplementor;

/**
 * Queries that a session sends to its database with one request, where each of them would otherwise wait for the answer to the one before
 * (docs/adr/0042). They are executed in their order and never at the same time: each has a snapshot of its own under READ COMMITTED, and
 * sees what those before it have waited for. After one that fails, none is executed.
 *
 * <p>Confined to the session's thread. Can be used again once it was sent.
 */
public final class RoundTrip {

    private final SharedSessionContractImplementor session;
    private final boolean together;
    private final List<Query> queries = new ArrayList<>();

    private record Query(String sql, Parameters parameters, Answer answer) {}

    /** Binds the parameters of a query. */
    @FunctionalInterface
    public interface Parameters {

        /**
         * Binds them, from an index on.
         *
         * @return the index after the last one
         */
        int bind(PreparedStatement statement, int index) throws SQLException;
    }

    /** Takes the rows of a query. It is called before the rows of the next query are read. */
    @FunctionalInterface
    public interface Answer {

        void read(ResultSet rows) throws SQLException;
    }

    /**
     * Begins without a query.
     *
     * @param together false to send each query by itself, with the same result
     */
    public RoundTrip(SharedSessionContractImplementor session, boolean together) {
        this.session = session;
        this.together = together;
    }

    /**
     * Adds a query, whose parameters are bound and whose rows are read when the trip is sent.
     *
     * @param sql one statement that returns rows
     */
    public void add(String sql, Parameters parameters, Answer answer) {
        queries.add(new Query(sql, parameters, answer));
    }

    /**
     * Sends the queries, if there are any, and has their rows read.
     *
     * @throws org.hibernate.JDBCException if the database fails
     * @throws org.hibernate.TransactionException if the transaction's time-out has ended
     */
    public void send() {
        List<Query> sent = List.copyOf(queries);
        queries.clear();
        if (together) {
            send(sent);
        } else {
            sent.forEach(query -> send(List.of(query)));
        }
    }

    private void send(List<Query> sent) {
        if (!sent.isEmpty()) {
            SessionConnection.run(session, connection -> execute(connection, sent));
        }
    }

    private static void execute(Connection connection, List<Query> sent) throws SQLException {
        // An application's inspector may have ended a query with a comment.
        String sql = sent.stream().map(Query::sql).collect(Collectors.joining("\n; "));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = 1;
            for (Query query : sent) {
                index = query.parameters.bind(statement, index);
            }
            statement.execute();
            for (Query query : sent) {
                try (ResultSet rows = statement.getResultSet()) {
                    query.answer.read(rows);
                }
                statement.getMoreResults();
            }
        }
    }
}
