package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;

/** PostgreSQL, through connections past any pool. */
final class PostgresSource implements WalSource {

    private final WalSettings settings;
    private final Connections connections;

    PostgresSource(WalSettings settings) {
        this.settings = settings;
        this.connections = new Connections(settings);
    }

    @Override
    public String toString() {
        return settings.toString();
    }

    @Override
    public Source source() {
        return settings.source();
    }

    @Override
    public void preflight() {
        Connection ordinary = connect();
        try {
            new Preflight(settings, connections, ordinary).run();
        } finally {
            Connections.close(ordinary);
        }
    }

    @Override
    public WalSession open() {
        return new PostgresSession(settings, connections, connect());
    }

    private Connection connect() {
        Connection ordinary = connections.ordinary();
        try {
            if (!settings.readsTable()) {
                requireWalLevel(new Catalog(ordinary, settings.publication()));
            }
            return ordinary;
        } catch (RuntimeException e) {
            Connections.close(ordinary);
            throw e;
        }
    }

    static void requireWalLevel(Catalog catalog) {
        String walLevel = catalog.setting("wal_level");
        if (!walLevel.equals("logical")) {
            throw new DatabaseSetupException(
                    "PostgreSQL runs with wal_level=" + walLevel + "; the relay needs wal_level=logical",
                    "ALTER SYSTEM SET wal_level = 'logical'; -- and restart PostgreSQL (a managed service has a parameter"
                            + " for it)",
                    null);
        }
    }
}
