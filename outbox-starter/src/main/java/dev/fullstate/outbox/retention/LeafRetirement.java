package dev.fullstate.outbox.retention;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.retention.OutboxState.Obstacle;
import dev.fullstate.outbox.store.Database;
import dev.fullstate.outbox.store.Outbox;

/**
 * Empties a leaf, if all of its rows are published and old enough and nobody uses it.
 *
 * <p>The lock is taken at once or not at all: a transaction that waits for it would make writers wait behind it. Under the lock
 * nobody has rows in the leaf that are not committed, so what is seen then is all that there is. Two instances at the same leaf
 * are kept apart by it too: the second finds it empty.
 */
final class LeafRetirement {

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Database database;
    private final Duration period;

    LeafRetirement(Database database, Duration period) {
        this.database = database;
        this.period = period;
    }

    /**
     * Empties a leaf if it may go.
     *
     * @param name of the table, without its schema
     * @throws DataAccessException where the database fails; the leaf stays as it is then
     */
    Attempt attempt(String name) {
        String leaf = database.outbox().names().qualified(name);
        // Without the lock first: nobody has to do without a leaf that stays.
        Attempt stays = database.query(outbox -> look(outbox, leaf)).orElse(null);
        if (stays != null) {
            return stays;
        }
        try {
            return database.query(outbox -> retire(outbox, leaf));
        } catch (DataAccessException e) {
            if (e.getMostSpecificCause() instanceof SQLException cause
                    && LOCK_NOT_AVAILABLE.equals(cause.getSQLState())) {
                return new Attempt.Kept(database.query(outbox -> inUse(outbox, leaf)));
            }
            throw e;
        }
    }

    /** What is seen under the lock is newer than the lock, because each statement sees what is committed when it begins. */
    private Attempt retire(Outbox outbox, String leaf) {
        // The commit shall not wait for a standby, because the lock would be held all the while. One that never hears
        // of it
        // retires the leaf again after it is promoted.
        outbox.sql("set local synchronous_commit = local").update();
        outbox.sql("lock table " + leaf + " in access exclusive mode nowait").update();
        return look(outbox, leaf).orElseGet(() -> {
            outbox.sql("truncate " + leaf).update();
            return new Attempt.Retired();
        });
    }

    /** Why the leaf stays as it is; empty if it may go. */
    private Optional<Attempt> look(Outbox outbox, String leaf) {
        return Optional.ofNullable(findings(outbox, leaf).outcome(period, outbox.names()));
    }

    /**
     * Newest row by transaction and by sequence: each is the last entry of an index. What was running when the relay's snapshot
     * was taken is looked up as the next in order, which an index answers whatever the statistics say.
     */
    private Findings findings(Outbox outbox, String leaf) {
        return outbox.sql("""
                        with newest as (select (select xid from %1$s order by xid desc limit 1) as xid)
                        select pg_relation_size(to_regclass(:leaf)) = 0 as empty,
                               (select created_at from %1$s order by seq desc limit 1)
                                   > now() - make_interval(secs => :seconds) as late,
                               exists (select from {outbox_relay}) as publishing,
                               (select string_agg(pipeline
                                           || case when r.system_identifier = s.system_identifier then ''
                                                   else ' (noted on another server)' end, ', ' order by pipeline)
                                  from {outbox_relay} as r, pg_control_system() as s, newest
                                 where newest.xid is not null
                                   and (r.system_identifier <> s.system_identifier
                                        or newest.xid >= pg_snapshot_xmax(r.snapshot)
                                        or exists (select from pg_snapshot_xip(r.snapshot) as running (xid)
                                                    where running.xid = (select xid from %1$s where xid >= running.xid
                                                                          order by xid limit 1)))) as behind
                        """.formatted(leaf))
                .param("leaf", leaf)
                .param("seconds", period.toSeconds())
                .query((row, number) -> new Findings(
                        row.getBoolean("empty"),
                        row.getBoolean("late"),
                        row.getBoolean("publishing"),
                        row.getString("behind")))
                .single();
    }

    /**
     * What was found in a leaf.
     *
     * @param late whether it has rows that are younger than the retention
     * @param publishing whether there is a pipeline at all
     * @param behind the pipelines that have not published all of its rows; null if there are none
     */
    private record Findings(
            boolean empty,
            boolean late,
            boolean publishing,
            @Nullable String behind) {

        @Nullable
        Attempt outcome(Duration period, OutboxNames names) {
            if (empty) {
                return new Attempt.Empty();
            }
            if (!publishing) {
                return new Attempt.Kept(new Obstacle(
                        names.text("No relay has noted in {outbox_relay} what it has published"),
                        "Start a relay. Where something else publishes the outbox: set outbox.retention.enabled=false, and"
                                + " truncate leaves when it has done so"));
            }
            if (behind != null) {
                return new Attempt.Kept(new Obstacle(
                        "Not all of its rows are published by pipeline " + behind,
                        "Start its relay; if it runs, its health says what is wrong. If it is gone for good, drop its slot and:"
                                + names.text(" delete from {outbox_relay} where pipeline = '...';")));
            }
            if (late) {
                return new Attempt.Kept(new Obstacle(
                        "It has rows that were written less than " + period.toHours()
                                + " h ago, by transactions which had begun on its day",
                        "None; it is retired when they are old enough"));
            }
            return null;
        }
    }

    private static Obstacle inUse(Outbox outbox, String leaf) {
        String holders = outbox.sql("""
                        select coalesce(string_agg(distinct coalesce('pid ' || pid, 'a prepared transaction'), ', '), 'now over')
                          from pg_locks where relation = to_regclass(:leaf) and granted
                        """).param("leaf", leaf).query(String.class).single();
        return new Obstacle(
                "Transactions use it: " + holders,
                "None where they end by themselves; otherwise: select pg_terminate_backend(pid);");
    }
}
