package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

import dev.fullstate.outbox.store.Outbox;

import static dev.fullstate.outbox.republish.PartTable.OF_PART;

/** The aggregates that a part has written down, by the text form of their ids. The part is locked by whoever is here. */
final class ItemTable {

    private final Outbox outbox;
    private final Part part;

    private ItemTable(Outbox outbox, Part part) {
        this.outbox = outbox;
        this.part = part;
    }

    static ItemTable on(Outbox outbox, Connection connection, Part part) {
        return new ItemTable(outbox.on(connection), part);
    }

    private StatementSpec sql(String sql) {
        return PartTable.sql(outbox, part, sql);
    }

    long count() {
        return sql("select count(*) from {outbox_job_item} where" + OF_PART)
                .query(Long.class)
                .single();
    }

    /** How many aggregates have changed, by their events. */
    long countChanged() {
        return sql("""
                        select count(distinct aggregateid) from {outbox}
                         where aggregatetype = :type and created_at >= :since and republishid is null
                        """).param("since", part.changedSince()).query(Long.class).single();
    }

    /** Writes down which aggregates have changed, by their events. */
    int nameChanged() {
        return sql("""
                        insert into {outbox_job_item} (job_id, aggregate_type, aggregate_id, pass)
                        select distinct cast(:job as uuid), aggregatetype, aggregateid, 'NAMED' from {outbox}
                         where aggregatetype = :type and created_at >= :since and republishid is null
                        """).param("since", part.changedSince()).update();
    }

    /** The next named ones. Those before are gone, but the index may not know it yet, so it is not asked for them. */
    List<String> named() {
        return sql("select aggregate_id from {outbox_job_item} where" + OF_PART + """
                           and pass = 'NAMED' and aggregate_id > coalesce(:after, '')
                         order by aggregate_id limit :limit
                        """)
                .param("after", part.lastId())
                .param("limit", part.limit())
                .query(String.class)
                .list();
    }

    /** The contended one that was tried least often. */
    Optional<String> contended() {
        return sql("select aggregate_id from {outbox_job_item} where" + OF_PART
                        + "and pass = 'CONTENDED' order by attempt_count, aggregate_id limit 1")
                .query(String.class)
                .optional();
    }

    /** One that was written off so long ago that whoever may have been creating it then has ended. */
    Optional<String> writtenOff() {
        return sql("select aggregate_id from {outbox_job_item} where" + OF_PART + """
                           and pass = 'SECOND_LOOK' and horizon <= pg_snapshot_xmin(pg_current_snapshot())
                         order by attempt_count, aggregate_id limit 1
                        """)
                .query(String.class)
                .optional();
    }

    /** Are they to be dealt with one by one? Some may be here already as named. */
    void contend(List<String> ids) {
        if (!ids.isEmpty()) {
            sql("""
                            insert into {outbox_job_item} (job_id, aggregate_type, slice_number, aggregate_id, pass)
                            select cast(:job as uuid), cast(:type as text), cast(:range as integer), id, 'CONTENDED' from unnest(cast(:ids as text[])) as id
                                on conflict (job_id, aggregate_type, aggregate_id) do update set pass = excluded.pass
                            """).param("ids", JobTable.array(ids)).update();
        }
    }

    /**
     * Is to be looked for once more, as soon as all transactions have ended that have begun to write by now. One of them may have
     * created it unseen, and drawn a sequence below that of its delete event.
     */
    void writeOff(String id) {
        sql("update {outbox_job_item} set pass = 'SECOND_LOOK', attempt_count = 0,"
                        + " horizon = pg_snapshot_xmax(pg_current_snapshot()) where" + OF_PART
                        + "and aggregate_id = :id")
                .param("id", id)
                .update();
    }

    /** Is to be tried again, after the others. */
    void postpone(String id) {
        sql("update {outbox_job_item} set attempt_count = attempt_count + 1 where" + OF_PART + "and aggregate_id = :id")
                .param("id", id)
                .update();
    }

    /** They are dealt with; returns how many there were. */
    int delete(List<String> ids) {
        return ids.isEmpty()
                ? 0
                : sql("delete from {outbox_job_item} where" + OF_PART + "and aggregate_id = any (:ids)")
                        .param("ids", JobTable.array(ids))
                        .update();
    }
}
