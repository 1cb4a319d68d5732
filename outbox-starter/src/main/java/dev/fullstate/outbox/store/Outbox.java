package dev.fullstate.outbox.store;

import java.sql.Connection;

import javax.sql.DataSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import dev.fullstate.outbox.contract.OutboxNames;

/**
 * An outbox: its database, and its names there (docs/adr/0022).
 *
 * <p>As safe for use by several threads as its {@code DataSource}.
 */
public final class Outbox {

    private final DataSource dataSource;
    private final OutboxNames names;
    private final JdbcClient jdbc;

    public Outbox(DataSource dataSource, OutboxNames names) {
        this.dataSource = dataSource;
        this.names = names;
        this.jdbc = JdbcClient.create(dataSource);
    }

    public DataSource dataSource() {
        return dataSource;
    }

    public OutboxNames names() {
        return names;
    }

    /** Returns the same outbox on a connection that the caller has opened and will close: in that connection's transaction. */
    public Outbox on(Connection connection) {
        return new Outbox(new SingleConnectionDataSource(connection, true), names);
    }

    /** Prepares a statement in which tables have their default names in braces; see {@link OutboxNames#sql(String)}. */
    public StatementSpec sql(String statement) {
        return jdbc.sql(names.sql(statement));
    }
}
