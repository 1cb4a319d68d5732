package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks, when the relay starts, what people have to set up before it can read. */
final class Preflight {

    private static final Logger log = LoggerFactory.getLogger(Preflight.class);

    private final WalSettings settings;
    private final Connections connections;
    private final Connection ordinary;
    private final Catalog catalog;

    Preflight(WalSettings settings, Connections connections, Connection ordinary) {
        this.settings = settings;
        this.connections = connections;
        this.ordinary = ordinary;
        this.catalog = new Catalog(ordinary, settings.publication());
    }

    /**
     * Checks the set-up, and warns of settings that are valid but may surprise.
     *
     * @throws DatabaseSetupException if the role or the server does not allow what the relay does; carries the statement
     * @throws WalException if there is no outbox yet
     */
    void run() {
        if (!settings.readsTable()) {
            Connections.close(connections.replication());
        }
        new OwnSlot(catalog, settings).find();
        new OutboxPublication(catalog, settings).require();
        new Standbys(ordinary, settings).require();
        if (!settings.readsTable()) {
            warnOfSynchronousStandby();
        }
    }

    /** PostgreSQL takes each walsender for a standby, also one for logical replication. */
    private void warnOfSynchronousStandby() {
        String names = catalog.setting("synchronous_standby_names");
        if (names.contains("*")) {
            log.warn(
                    "synchronous_standby_names is '{}', which makes the relay a synchronous standby: commits may wait until Kafka has"
                            + " their events, and for ever while no relay runs. Remedy: ALTER SYSTEM SET synchronous_standby_names ="
                            + " '...'; -- with the names of the real standbys",
                    names);
        }
    }
}
