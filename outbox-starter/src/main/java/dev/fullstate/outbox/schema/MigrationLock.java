package dev.fullstate.outbox.schema;

import dev.fullstate.outbox.store.Outbox;

/**
 * Lets one instance at a time migrate an outbox. The lock belongs to the database session, so it also ends with the connection.
 */
final class MigrationLock implements AutoCloseable {

    private static final String KEY = "hashtextextended('fullstate-outbox ' || :outbox, 0)";

    private final Outbox outbox;

    private MigrationLock(Outbox outbox) {
        this.outbox = outbox;
    }

    /**
     * Takes the lock, and waits for instances that have it.
     *
     * @param outbox on one connection
     */
    static MigrationLock take(Outbox outbox) {
        MigrationLock lock = new MigrationLock(outbox);
        lock.call("pg_advisory_lock");
        return lock;
    }

    private void call(String function) {
        outbox.sql("select cast(" + function + "(" + KEY + ") as text)")
                .param("outbox", outbox.names().sql("{outbox}"))
                .query()
                .listOfRows();
    }

    @Override
    public void close() {
        call("pg_advisory_unlock");
    }
}
