package dev.fullstate.outbox.relay.wal;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * What a connection to the database is made with.
 *
 * @param url JDBC URL of PostgreSQL
 * @param username null for the one that the URL or the driver knows
 * @param password null for the one that the URL or the driver knows
 * @param driverProperties parameters of the driver that count unless the URL has them too
 */
public record ConnectionDetails(
        String url, @Nullable String username, @Nullable String password, Map<String, String> driverProperties) {

    public ConnectionDetails {
        driverProperties = Map.copyOf(driverProperties);
    }

    /** {@return whether PostgreSQL's own driver connects with such a URL} */
    public static boolean isUrl(String url) {
        return Driver.parseURL(url, null) != null;
    }

    /** {@return the same, with a role and a password where neither these details nor the URL have one} */
    public ConnectionDetails withLogin(@Nullable String defaultUsername, @Nullable String defaultPassword) {
        Properties login = new Properties();
        PGProperty.USER.set(login, defaultUsername);
        PGProperty.PASSWORD.set(login, defaultPassword);
        Properties driver = Objects.requireNonNull(Driver.parseURL(url, login), "Not a URL");
        return new ConnectionDetails(
                url,
                username != null ? username : PGProperty.USER.getOrDefault(driver),
                password != null ? password : PGProperty.PASSWORD.getOrDefault(driver),
                driverProperties);
    }

    /** Returns hosts, ports and name of the database, which are the same for all URLs that differ in nothing else. */
    public String location() {
        Properties driver = Objects.requireNonNull(Driver.parseURL(url, null), "Not a URL");
        return Stream.of(PGProperty.PG_HOST, PGProperty.PG_PORT, PGProperty.PG_DBNAME)
                .map(property -> String.valueOf(property.getOrDefault(driver)).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
    }

    /** Returns the URL without its parameters, one of which may be a password. */
    String address() {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    /** Leaves out all passwords. */
    @Override
    public String toString() {
        return username + " at " + address();
    }
}
