package dev.fullstate.outbox.relay.wal;

import java.util.List;

import dev.fullstate.outbox.relay.failure.FailureKind;

/** The publication of the outbox and the tables beside it: makes sure that the relay can rely on them. */
final class OutboxPublication {

    private final Catalog catalog;
    private final WalSettings settings;

    OutboxPublication(Catalog catalog, WalSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    /**
     * Finds the publication.
     *
     * @throws DatabaseSetupException if the role may not do with the tables what the relay does; carries the grants
     * @throws WalException if there is no publication that names the outbox table, or no table for the relays beside it
     */
    Publication require() {
        Publication found = catalog.publication();
        List<String> grants = catalog.missingGrants(found.names());
        if (!grants.isEmpty()) {
            throw new DatabaseSetupException(
                    "Role " + settings.role() + " lacks rights: the relay reads "
                            + found.names().text("{outbox}")
                            + " when it starts for the first time, and notes in tables beside it what it has published",
                    String.join(" ", grants),
                    null);
        }
        if (!catalog.exists(found.names().sql("{outbox_relay}"))) {
            throw new WalException(
                    found.names().text("Table {outbox_relay} does not exist"),
                    "Start the service that writes to the outbox: its migration creates it",
                    null);
        }
        requireLogged(found);
        requireSequence(found);
        return found;
    }

    /**
     * Makes sure that the publication is still the one that was found.
     *
     * @throws WalException if it is not
     */
    void requireUnchanged(Publication before) {
        Publication found = catalog.publication();
        if (!found.equals(before)) {
            throw new WalException(
                    FailureKind.REPLAY,
                    found.names().text("The publication of {outbox}") + " was replaced or altered (it was "
                            + before.version() + ", it is " + found.version()
                            + "): the stream may lack rows, and nothing more is confirmed",
                    "None: the relay finds the rows in the table and publishes them",
                    null);
        }
        requireLogged(found);
    }

    /** Makes sure that numbers are in the order in which they are drawn: a session that draws ahead has lower ones later. */
    private void requireSequence(Publication publication) {
        long cache = catalog.sequenceCache(publication.names());
        if (cache != 1) {
            String sequence = publication.names().sql("{outbox_seq}");
            throw new WalException(
                    "Sequence " + sequence + " has CACHE " + cache
                            + ": sessions draw numbers ahead, so that they are not in the order of an aggregate's changes",
                    "ALTER SEQUENCE " + sequence + " CACHE 1;",
                    null);
        }
    }

    /**
     * Makes sure that the rows' transactions are of this server, so that its snapshots tell of them. Rows that were copied by pg_dump or by
     * logical replication keep those of their server.
     *
     * @throws WalException if some are not; carries the statement that gives them transactions of this one
     */
    void requireOwnTransactions(Publication publication) {
        if (new Transactions(catalog).areForeign(publication.names())) {
            throw new WalException(
                    publication
                            .names()
                            .text(
                                    "Rows of {outbox} are of transactions of another server, from which they were copied: nothing tells"
                                            + " whether they are committed before the slot"),
                    publication
                            .names()
                            .sql(
                                    "UPDATE {outbox} SET xid = pg_current_xact_id() WHERE xid >= pg_snapshot_xmax(pg_current_snapshot());"),
                    null);
        }
    }

    /** PostgreSQL refuses to make a published table unlogged, but does not check its partitions. */
    private void requireLogged(Publication publication) {
        catalog.unloggedPart(publication.names()).ifPresent(part -> {
            String logged = "ALTER TABLE " + part + " SET LOGGED;";
            throw settings.readsTable()
                    ? new WalException("Table " + part + " is UNLOGGED: a crash of the server empties it", logged, null)
                    : new WalException(
                            "Table " + part + " is UNLOGGED: its rows are not in the WAL, and no stream brings them",
                            logged + " SELECT pg_drop_replication_slot('" + settings.slotName()
                                    + "'); -- the relay creates it again, and finds in the table the rows that Kafka lacks",
                            null);
        });
    }
}
