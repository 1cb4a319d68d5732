package dev.fullstate.outbox.retention;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.retention.OutboxState.Obstacle;
import dev.fullstate.outbox.store.Database;
import dev.fullstate.outbox.store.Outbox;

/**
 * Empties a leaf, if all of its rows are published and old enough and no transaction uses it (docs/adr/0011).
 *
 * <p>The lock is taken at once or not at all: a transaction that waits for it would make writers wait behind it. Under the lock,
 * no transaction has uncommitted rows in the leaf, so a query sees all of its rows. The lock also keeps two instances apart: the
 * second finds the leaf empty.
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
     * Empties a leaf if nothing keeps it.
     *
     * @param name of the table, without its schema
     * @throws DataAccessException if the database fails; the leaf then stays as it is
     */
    Attempt attempt(String name) {
        String leaf = database.outbox().names().qualified(name);
        // Without the lock first, so that a leaf that stays is never locked.
        Attempt stays = database.query(outbox -> obstacle(outbox, leaf)).orElse(null);
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

    /**
     * Looks for obstacles again under the lock: each statement sees everything that was committed when it began, so the query after
     * the lock sees all rows.
     */
    private Attempt retire(Outbox outbox, String leaf) {
        // The commit must not wait for a standby: it would hold the lock while it waits. A standby that misses the
        // commit retires the leaf again after its promotion.
        outbox.sql("set local synchronous_commit = local").update();
        outbox.sql("lock table " + leaf + " in access exclusive mode nowait").update();
        return obstacle(outbox, leaf).orElseGet(() -> {
            outbox.sql("truncate " + leaf).update();
            return new Attempt.Retired();
        });
    }

    /** Returns the reason why the leaf stays as it is; empty if nothing keeps it. */
    private Optional<Attempt> obstacle(Outbox outbox, String leaf) {
        return Optional.ofNullable(findings(outbox, leaf).outcome(period, outbox.names()));
    }

    /**
     * Asks for the newest row by transaction and by sequence, each of which is the last entry of an index. A transaction that was
     * running at the relay's snapshot is looked up as the next one in order, for which an index is used with any
     * statistics.
     */
    private Findings findings(Outbox outbox, String leaf) {
        return outbox.sql("""
                        with newest as (select (select xid from %1$s order by xid desc limit 1) as xid)
                        select pg_relation_size(to_regclass(:leaf)) = 0 as empty,
                               (select created_at from %1$s as r where %2$s is not null order by seq desc limit 1)
                                   > now() - make_interval(secs => :seconds) as late,
                               exists (select from {outbox_relay}) as publishing,
                               (select format('%%s %%L of pipeline %%s', p.aggregatetype, p.aggregateid, p.pipeline)
                                  from {outbox_parked} as p, (select min(seq) as first, max(seq) as last from %1$s) as leaf
                                 where exists (select from unnest(p.single_seqs) as single (seq)
                                                join %1$s as r on r.seq = single.seq)
                                    or (p.last_seq >= leaf.first and p.first_seq <= leaf.last
                                        and (p.aggregatetype, p.aggregateid) in (
                                            select coalesce(r.aggregatetype, ''), coalesce(r.aggregateid, '') from %1$s as r
                                             where r.seq between (select min(first_seq) from {outbox_parked} where first_seq <= last_seq)
                                                             and (select max(last_seq) from {outbox_parked} where first_seq <= last_seq)))
                                 limit 1) as parked,
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
                        """.formatted(leaf, OutboxTable.writtenAt("r")))
                .param("leaf", leaf)
                .param("seconds", period.toSeconds())
                .query((row, number) -> new Findings(
                        row.getBoolean("empty"),
                        row.getBoolean("late"),
                        row.getBoolean("publishing"),
                        row.getString("parked"),
                        row.getString("behind")))
                .single();
    }

    /**
     * The facts about a leaf.
     *
     * @param late whether it has rows that are younger than the retention period
     * @param publishing whether there is any pipeline
     * @param parked an aggregate with rows that wait for an operator; null if there is none
     * @param behind the pipelines that have not published all of the leaf's rows; null if there are none
     */
    private record Findings(
            boolean empty,
            boolean late,
            boolean publishing,
            @Nullable String parked,
            @Nullable String behind) {

        @Nullable
        Attempt outcome(Duration period, OutboxNames names) {
            if (empty) {
                return new Attempt.Empty();
            }
            if (!publishing) {
                return new Attempt.Kept(new Obstacle(
                        names.text("No relay has noted in {outbox_relay} up to where it has published"),
                        "Start a relay. If other software publishes the outbox: set outbox.retention.enabled=false, and"
                                + " truncate leaves when they are published"));
            }
            if (behind != null) {
                return new Attempt.Kept(new Obstacle(
                        "Not all of its rows are published by pipeline " + behind,
                        "Start its relay; if it is running, its health names the problem. If it is gone for good, drop its slot and:"
                                + names.text(" delete from {outbox_relay} where pipeline = '...';")));
            }
            if (parked != null) {
                return new Attempt.Kept(new Obstacle(
                        "It has rows that wait for an operator, of " + parked,
                        "Have the relay retry, skip or release them; see \"Parked aggregates\" in docs/operations.md"));
            }
            if (late) {
                return new Attempt.Kept(new Obstacle(
                        "It has rows that were written less than " + period.toHours()
                                + " h ago, by transactions which had begun on its day",
                        "None: the leaf is retired when these rows are old enough"));
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
                "None if they end by themselves; otherwise: select pg_terminate_backend(pid);");
    }
}
