package dev.fullstate.outbox.jobs;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

import dev.fullstate.outbox.store.Outbox;

import static dev.fullstate.outbox.jobs.SliceTable.OF_SLICE;

/**
 * The aggregates that a slice has written down to deal with later, by the text form of their ids, each with the pass that it waits for.
 * Used in the transaction that has the slice locked.
 */
public final class Items {

    private final Outbox outbox;
    private final Slice slice;

    Items(Outbox outbox, Slice slice) {
        this.outbox = outbox;
        this.slice = slice;
    }

    private StatementSpec sql(String sql) {
        return SliceTable.sql(outbox, slice, sql);
    }

    /** {@return the number of items, for all passes} */
    public long count() {
        return sql("select count(*) from {outbox_job_item} where" + OF_SLICE)
                .query(Long.class)
                .single();
    }

    /** Writes down aggregates for a pass. Those that are here already wait for this pass from now on. */
    public void put(List<String> ids, String pass) {
        if (!ids.isEmpty()) {
            sql("""
                            insert into {outbox_job_item} (job_id, aggregate_type, slice_number, aggregate_id, pass)
                            select cast(:job as uuid), cast(:type as text), cast(:number as integer), id, :pass
                              from unnest(cast(:ids as text[])) as id
                                on conflict (job_id, aggregate_type, aggregate_id) do update set pass = excluded.pass
                            """).param("ids", SliceTable.array(ids)).param("pass", pass).update();
        }
    }

    /**
     * Writes down the aggregates that a query finds, without reading their ids.
     *
     * @param query with one column, the ids, each once
     * @param parameters of the query
     * @return the number of aggregates that it found
     */
    public int putAll(String query, Map<String, ?> parameters, String pass) {
        return sql("""
                        insert into {outbox_job_item} (job_id, aggregate_type, slice_number, aggregate_id, pass)
                        select cast(:job as uuid), cast(:type as text), cast(:number as integer), found.id, :pass from (%s) as found (id)
                        """.formatted(query)).params(parameters).param("pass", pass).update();
    }

    /**
     * Returns the next items for a pass that goes through them page by page.
     *
     * @param after the last id before; null for the first page. The index may still have entries of
     *     items that were deleted up to there; the page begins behind them
     */
    public List<String> page(String pass, @Nullable String after, int limit) {
        return sql("select aggregate_id from {outbox_job_item} where" + OF_SLICE + """
                           and pass = :pass and aggregate_id > coalesce(:after, '')
                         order by aggregate_id limit :limit
                        """)
                .param("pass", pass)
                .param("after", after)
                .param("limit", limit)
                .query(String.class)
                .list();
    }

    /** Returns, of the items that wait for a pass and for nothing else, the one that was tried least often. */
    public Optional<String> next(String pass) {
        return sql("select aggregate_id from {outbox_job_item} where" + OF_SLICE + """
                           and pass = :pass and coalesce(horizon <= pg_snapshot_xmin(pg_current_snapshot()), true)
                         order by attempt_count, aggregate_id limit 1
                        """)
                .param("pass", pass)
                .query(String.class)
                .optional();
    }

    /** Has an aggregate wait for a pass, and until all transactions have ended that have begun to write by now. */
    public void putOff(String id, String pass) {
        sql("update {outbox_job_item} set pass = :pass, attempt_count = 0,"
                        + " horizon = pg_snapshot_xmax(pg_current_snapshot()) where" + OF_SLICE
                        + "and aggregate_id = :id")
                .param("pass", pass)
                .param("id", id)
                .update();
    }

    /** Has an aggregate tried again, after the others. */
    void postpone(String id) {
        sql("update {outbox_job_item} set attempt_count = attempt_count + 1 where" + OF_SLICE
                        + "and aggregate_id = :id")
                .param("id", id)
                .update();
    }

    /** Strikes off aggregates that are dealt with; returns the number of those that were here. */
    public int delete(List<String> ids) {
        return ids.isEmpty()
                ? 0
                : sql("delete from {outbox_job_item} where" + OF_SLICE + "and aggregate_id = any (:ids)")
                        .param("ids", SliceTable.array(ids))
                        .update();
    }
}
