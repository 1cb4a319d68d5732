package dev.fullstate.outbox.relay.autoconfigure;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.core.env.Environment;

import dev.fullstate.outbox.relay.wal.ConnectionDetails;
import dev.fullstate.outbox.relay.wal.DatabaseSetupException;

/**
 * The database to read, as the application knows it at the moment. Without a connection pool, which the relay does not use, Boot has no
 * connection details but only the properties.
 */
final class RelayDatabase {

    private static final Pattern WRAPPED = Pattern.compile("jdbc:.+:(postgresql://[^?]+).*");

    private final OutboxRelayProperties properties;
    private final Environment environment;
    private final @Nullable JdbcConnectionDetails connectionDetails;
    private final DataSourceProperties dataSource;

    RelayDatabase(
            OutboxRelayProperties properties,
            Environment environment,
            ObjectProvider<JdbcConnectionDetails> connectionDetails,
            ObjectProvider<DataSourceProperties> dataSource) {
        this.properties = properties;
        this.environment = environment;
        this.connectionDetails = connectionDetails.getIfAvailable();
        this.dataSource = dataSource.getIfAvailable(DataSourceProperties::new);
    }

    /** What the application connects with. */
    private record Application(
            String urlFrom,
            @Nullable String url,
            @Nullable String username,
            @Nullable String password,
            Map<String, String> driverProperties) {

        /** Leaves out all passwords. */
        @Override
        public String toString() {
            return urlFrom;
        }
    }

    /** The properties of the pool that say with what its connections are made. */
    record Pool(
            @Nullable String jdbcUrl,
            @Nullable String username,
            @Nullable String password,
            @DefaultValue Map<String, String> dataSourceProperties) {

        /** Leaves out all passwords. */
        @Override
        public String toString() {
            return "spring.datasource.hikari";
        }
    }

    /**
     * Reads the settings.
     *
     * @throws RelayDatabaseMissingException if they name no database
     * @throws DatabaseSetupException if the application connects through another driver than PostgreSQL's own
     */
    ConnectionDetails read() {
        if (properties.url() != null && properties.username() != null && properties.password() != null) {
            // Whatever ails the application's database is no concern of this one.
            return own(properties.url(), Map.of());
        }
        Application application = application();
        boolean isOwn = properties.url() != null;
        String url = first(properties.url(), application.url());
        if (url == null || url.isEmpty()) {
            throw new RelayDatabaseMissingException();
        }
        if (!isOwn && !ConnectionDetails.isUrl(url)) {
            throw unusable(application.urlFrom(), url);
        }
        return own(url, isOwn ? Map.of() : application.driverProperties())
                .withLogin(application.username(), application.password());
    }

    private ConnectionDetails own(String url, Map<String, String> driverProperties) {
        if (!ConnectionDetails.isUrl(url)) {
            throw unusable("outbox.relay.url", url);
        }
        return new ConnectionDetails(url, properties.username(), properties.password(), driverProperties);
    }

    private Application application() {
        if (connectionDetails != null && !isOfProperties(connectionDetails)) {
            return new Application(
                    "the URL of the application's " + JdbcConnectionDetails.class.getSimpleName(),
                    connectionDetails.getJdbcUrl(),
                    connectionDetails.getUsername(),
                    connectionDetails.getPassword(),
                    Map.of());
        }
        Pool pool = Binder.get(environment).bindOrCreate("spring.datasource.hikari", Pool.class);
        return new Application(
                pool.jdbcUrl() != null ? "spring.datasource.hikari.jdbc-url" : "spring.datasource.url",
                first(pool.jdbcUrl(), dataSource.getUrl()),
                first(pool.username(), dataSource.getUsername()),
                first(pool.password(), dataSource.getPassword()),
                pool.dataSourceProperties());
    }

    /** Returns whether they only repeat {@code spring.datasource.*}, over which a pool's own properties prevail. */
    private static boolean isOfProperties(JdbcConnectionDetails details) {
        // The class is not public.
        return details.getClass().getPackage().equals(DataSourceProperties.class.getPackage());
    }

    private static @Nullable String first(@Nullable String preferred, @Nullable String other) {
        return preferred != null ? preferred : other;
    }

    private static DatabaseSetupException unusable(String from, String url) {
        Matcher wrapped = WRAPPED.matcher(url);
        return new DatabaseSetupException(
                from + " is '" + url.replaceFirst("[?;].*", "")
                        + "', which is not a URL of PostgreSQL's own driver; no other driver has a stream of changes",
                "Set outbox.relay.url=jdbc:"
                        + (wrapped.matches() ? wrapped.group(1) : "postgresql://host:port/database")
                        + ", which counts for the relay alone; also outbox.relay.username and outbox.relay.password, unless the"
                        + " relay logs in as the application does",
                null);
    }
}
