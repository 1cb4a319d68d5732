package dev.fullstate.outbox.relay.wal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.fullstate.outbox.contract.OutboxNames;

/** Asks a database which transactions are in progress, and which of them its queries show. */
final class Transactions {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Catalog catalog;

    Transactions(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Process ids (or names, where prepared) of transactions that have written and are older than a duration, or of other
     * roles, whose age a role without pg_read_all_stats is not shown.
     */
    List<String> olderThan(Duration age) {
        String seconds = Long.toString(age.toSeconds());
        return catalog.query("""
                select 'pid ' || pid from pg_stat_activity
                 where backend_xid is not null and pid <> pg_backend_pid()
                   and coalesce(xact_start < clock_timestamp() - ?::integer * interval '1 second', true)
                union all
                select 'prepared transaction ' || gid from pg_prepared_xacts
                 where prepared < clock_timestamp() - ?::integer * interval '1 second'
                """, row -> row.getString(1), seconds, seconds);
    }

    /** Returns the ids of the transactions of this database that are in progress, also of those whose commits wait for a standby. */
    List<String> inProgress() {
        return catalog.query("""
                select transactionid::text from pg_locks as l left join pg_stat_activity as a on a.pid = l.pid
                 where locktype = 'transactionid' and mode = 'ExclusiveLock' and granted
                   and coalesce(a.datname, current_database()) = current_database()
                """, row -> row.getString(1));
    }

    /** Tells whether queries show all that a snapshot does. */
    boolean shows(String snapshot) {
        return catalog.query("""
                        select pg_snapshot_xmax(created) <= pg_snapshot_xmax(now)
                               and not exists (select from pg_snapshot_xip(now) as running
                                                where pg_visible_in_snapshot(running, created))
                          from (select ?::pg_snapshot as created, pg_current_snapshot() as now) as both_snapshots
                        """, row -> row.getBoolean(1), snapshot).get(0);
    }

    /** Tells whether rows have transactions that this server has not begun yet: those of another one, as far as numbers show it. */
    boolean areForeign(OutboxNames names) {
        return catalog.query(
                        names.sql(
                                "select exists (select from {outbox} where xid >= pg_snapshot_xmax(pg_current_snapshot()))"),
                        row -> row.getBoolean(1))
                .get(0);
    }

    /** Asks a question until the answer is yes, or the time is over; returns the last answer. */
    static boolean poll(Duration patience, BooleanSupplier question) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean answer = question.getAsBoolean();
        while (!answer && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(POLL_NANOS);
            answer = question.getAsBoolean();
        }
        return answer;
    }
}
