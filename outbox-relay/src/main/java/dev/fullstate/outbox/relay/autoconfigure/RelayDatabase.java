package dev.fullstate.outbox.relay.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * The database to read, as Boot knows it. Without a connection pool, which the relay does not use, Boot has no connection details
 * but only the properties.
 */
record RelayDatabase(
        String url, @Nullable String username, @Nullable String password) {

    static RelayDatabase find(
            OutboxRelayProperties properties,
            ObjectProvider<JdbcConnectionDetails> connectionDetails,
            ObjectProvider<DataSourceProperties> dataSource) {
        RelayDatabase application = application(connectionDetails.getIfAvailable(), dataSource.getIfAvailable());
        String url = properties.url() != null ? properties.url() : application.url();
        if (url.isEmpty()) {
            throw new RelayDatabaseMissingException();
        }
        return new RelayDatabase(
                url,
                properties.username() != null ? properties.username() : application.username(),
                properties.password() != null ? properties.password() : application.password());
    }

    private static RelayDatabase application(
            @Nullable JdbcConnectionDetails details, @Nullable DataSourceProperties properties) {
        if (details != null) {
            return new RelayDatabase(details.getJdbcUrl(), details.getUsername(), details.getPassword());
        }
        if (properties != null && properties.getUrl() != null) {
            return new RelayDatabase(properties.getUrl(), properties.getUsername(), properties.getPassword());
        }
        return new RelayDatabase("", null, null);
    }

    /** Leaves out the password, which may also be a parameter of the URL. */
    @Override
    public String toString() {
        return "database of the outbox relay, as " + username;
    }
}
