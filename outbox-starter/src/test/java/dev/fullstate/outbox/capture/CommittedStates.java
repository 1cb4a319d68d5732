package dev.fullstate.outbox.capture;

import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The database as witness: triggers note, for each transaction that changes a purchase, its lines or its notes, the state that it
 * commits. They run at the very end of the transaction, after the capture, and a rollback takes their note back.
 */
final class CommittedStates {

    private static final List<String> SCHEMA = List.of(
            """
            create table committed_state (
                number bigserial primary key,
                xid    xid8  not null,
                id     uuid  not null,
                state  jsonb,
                unique (xid, id)
            )
            """,
            """
            create function purchase_state(purchase uuid) returns jsonb language sql as $$
                select jsonb_build_object(
                    'version', p.version,
                    'reference', p.reference,
                    'lines', (select jsonb_agg(jsonb_build_array(l.product, l.quantity) order by l.product, l.quantity)
                              from line l where l.purchase_purchase_id = p.purchase_id),
                    'notes', (select jsonb_agg(n.notes order by n.position)
                              from purchase_notes n where n.purchase_purchase_id = p.purchase_id))
                from purchase p where p.purchase_id = purchase
            $$
            """,
            """
            create function event_state(version bigint, payload jsonb) returns jsonb language sql as $$
                select jsonb_build_object(
                    'version', version,
                    'reference', payload -> 'reference',
                    'lines', (select jsonb_agg(jsonb_build_array(l -> 'product', l -> 'quantity')
                                               order by l ->> 'product', (l ->> 'quantity')::int)
                              from jsonb_array_elements(payload -> 'lines') l),
                    'notes', nullif(payload -> 'notes', '[]'))
                where payload is not null
            $$
            """,
            """
            create function note_purchase(purchase uuid) returns void language sql as $$
                insert into committed_state (xid, id, state)
                select pg_current_xact_id(), purchase, purchase_state(purchase)
                where purchase is not null
                on conflict (xid, id) do nothing
            $$
            """,
            """
            create function note_purchase_row() returns trigger language plpgsql as $$
            begin
                perform note_purchase((to_jsonb(old) ->> tg_argv[0])::uuid);
                perform note_purchase((to_jsonb(new) ->> tg_argv[0])::uuid);
                return null;
            end $$
            """,
            trigger("purchase", "purchase_id"),
            trigger("line", "purchase_purchase_id"),
            trigger("purchase_notes", "purchase_purchase_id"));

    /** Each row is one violation. */
    private static final String VIOLATIONS = """
            with history as (
                select *, lag(state) over (partition by id order by number) as before from committed_state
            ), expected as (
                select *, row_number() over (partition by id order by number) as place,
                       case when state is null then 'delete' when before is null then 'create' else 'update' end as operation,
                       coalesce(state, before) -> 'version' as version
                from history where state is not null or before is not null
            ), published as (
                select *, aggregateid::uuid as key, row_number() over (partition by aggregateid order by seq) as place,
                       count(*) over (partition by aggregateid, xid) as events
                from outbox where aggregatetype = 'purchase'
            ), compared as (
                select coalesce(e.id, p.key) as id, coalesce(e.xid, p.xid) as xid, case
                    when p.key is null then 'no event of ' || e.state::text
                    when e.id is null then 'an event of a transaction that changed nothing'
                    when p.events > 1 then 'more than one event of one transaction'
                    when p.place <> e.place then 'event number ' || p.place || ' of commit number ' || e.place
                    when p.operation <> e.operation then 'a ' || p.operation || ' instead of a ' || e.operation
                    when to_jsonb(p.entityversion) <> e.version then 'version ' || p.entityversion || ' instead of ' || e.version::text
                    when event_state(p.entityversion, p.payload::jsonb) is distinct from e.state
                        then coalesce(event_state(p.entityversion, p.payload::jsonb)::text, 'nothing')
                            || ' instead of ' || coalesce(e.state::text, 'nothing')
                    end as violation
                from expected e full join published p on p.xid = e.xid and p.key = e.id
            )
            select 'purchase ' || id || ', transaction ' || xid || ': ' || violation from compared where violation is not null
            union all
            select 'purchase ' || id || ': the witness has missed a change' from (
                select distinct on (id) id, state from committed_state order by id, number desc
            ) latest where state is distinct from purchase_state(id)
            """;

    private final JdbcClient jdbc;

    private CommittedStates(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    static CommittedStates watch(JdbcClient jdbc) {
        SCHEMA.forEach(statement -> jdbc.sql(statement).update());
        return new CommittedStates(jdbc);
    }

    private static String trigger(String table, String idColumn) {
        return "create constraint trigger note_" + table + " after insert or update or delete on " + table
                + " deferrable initially deferred for each row execute function note_purchase_row('" + idColumn + "')";
    }

    /** Returns the differences between events and commits; to be called when all writers have ended. */
    List<String> violations() {
        return jdbc.sql(VIOLATIONS).query(String.class).list();
    }

    int count() {
        return jdbc.sql("select count(*) from committed_state")
                .query(Integer.class)
                .single();
    }
}
