-- The outbox: a row is inserted in the transaction of the change that it describes, and never updated or deleted on its own. A relay
-- reads the inserts from the WAL; the service truncates the oldest leaf of the ring.
-- Run by hand, this script creates everything in the first schema of the search_path; replace both placeholders by "outbox" then, or by
-- the names in outbox.schema.table and outbox.schema.publication.

-- CACHE 1: the number is drawn while the aggregate's root is locked, so per aggregate it follows the order of commits.
create sequence "${outbox}_seq" as bigint cache 1;

create table "${outbox}" (
    seq           bigint      not null default nextval('"${outbox}_seq"'),
    id            uuid        not null,
    aggregatetype text        not null,
    aggregateid   text        not null,
    type          text        not null,
    -- Text, never jsonb: the walsender would have to convert every jsonb value to text, which halves the relay's throughput.
    payload       text,
    source        text        not null,
    time          timestamptz,
    dataschema    text,
    changeid      uuid        not null,
    entityversion bigint,
    operation     text        not null,
    republishid   uuid,
    traceparent   text,
    tracestate    text,
    extensions    text,
    xid           xid8        not null default pg_current_xact_id(),
    created_at    timestamptz not null default clock_timestamp(),
    bucket        smallint    not null default (floor(extract(epoch from now()) / 86400)::bigint % 16)::smallint,

    primary key (seq, bucket),
    -- The checks keep out values that have no form in a Kafka record. Comparisons are cheap; the costlier check runs only if there is a value.
    constraint outbox_seq_not_negative check (seq >= 0),
    -- Legal in a topic name (249 characters at most, including the prefix).
    constraint outbox_aggregatetype_legal check (aggregatetype ~ '^[A-Za-z0-9._-]{1,200}$' and aggregatetype not in ('.', '..')),
    constraint outbox_aggregateid_not_empty check (aggregateid <> ''),
    constraint outbox_type_not_empty check (type <> ''),
    constraint outbox_source_not_empty check (source <> ''),
    constraint outbox_operation_known check (operation in ('create', 'update', 'delete')),
    constraint outbox_delete_has_no_payload check ((payload is null) = (operation = 'delete')),
    -- RFC 3339 has years from 0 to 9999, and no infinity.
    constraint outbox_time_expressible check ("time" >= '0001-01-01 00:00:00+00' and "time" < '10000-01-01 00:00:00+00'),
    constraint outbox_created_at_expressible
        check (created_at >= '0001-01-01 00:00:00+00' and created_at < '10000-01-01 00:00:00+00'),
    -- A JSON object of strings, under names that CloudEvents allows.
    constraint outbox_extensions_legal check (extensions is null or (jsonb_typeof(extensions::jsonb) = 'object'
        and not jsonb_path_exists(extensions::jsonb,
            '$.keyvalue() ? (!(@.key like_regex "^[a-z0-9]+$") || @.value.type() != "string")'))),
    -- The hard limit of 100 MiB; the configured maximum is far lower and checked before the insert.
    constraint outbox_payload_ceiling check (octet_length(payload) <= 104857600)
) partition by list (bucket);

-- A fixed ring, no DDL at run time: creating or dropping a partition would lock the parent against all writers.
create table "${outbox}_00" partition of "${outbox}" for values in (0);
create table "${outbox}_01" partition of "${outbox}" for values in (1);
create table "${outbox}_02" partition of "${outbox}" for values in (2);
create table "${outbox}_03" partition of "${outbox}" for values in (3);
create table "${outbox}_04" partition of "${outbox}" for values in (4);
create table "${outbox}_05" partition of "${outbox}" for values in (5);
create table "${outbox}_06" partition of "${outbox}" for values in (6);
create table "${outbox}_07" partition of "${outbox}" for values in (7);
create table "${outbox}_08" partition of "${outbox}" for values in (8);
create table "${outbox}_09" partition of "${outbox}" for values in (9);
create table "${outbox}_10" partition of "${outbox}" for values in (10);
create table "${outbox}_11" partition of "${outbox}" for values in (11);
create table "${outbox}_12" partition of "${outbox}" for values in (12);
create table "${outbox}_13" partition of "${outbox}" for values in (13);
create table "${outbox}_14" partition of "${outbox}" for values in (14);
create table "${outbox}_15" partition of "${outbox}" for values in (15);

-- Queries for rows that a relay has not published yet select by the writing transaction.
create index "${outbox}_xid" on "${outbox}" (xid);

-- Inserts only, so that truncating a leaf publishes nothing; via the root, so that the relay sees one table, not sixteen.
-- A publication without a table is left from an outbox whose tables were dropped.
do $$
begin
    if exists (select from pg_publication where pubname = '${publication}')
            and not exists (select from pg_publication_tables where pubname = '${publication}') then
        drop publication "${publication}";
    end if;
end
$$;
create publication "${publication}" for table "${outbox}" with (publish = 'insert', publish_via_partition_root = true);

-- The progress of the relays, one row per pipeline, written by the relay itself and read before a leaf is retired.
create table "${outbox}_relay" (
    pipeline          text        not null primary key,
    slot_name         text        not null,
    -- Every transaction that this snapshot shows as ended is published, or was rolled back. Only a later snapshot replaces it.
    snapshot          pg_snapshot not null,
    published_lsn     pg_lsn      not null,
    -- The server that the snapshot is from. On another server, where a dump may have been restored, its numbers mean nothing.
    system_identifier bigint      not null,
    updated_at        timestamptz not null default clock_timestamp()
);

-- Jobs of the service, one row each. What is done in chunks is noted in the slices; this row changes when the job's state does.
create table "${outbox}_job" (
    id              uuid        not null primary key,
    -- What kind of work it is, such as 'republish'.
    kind            text        not null,
    state           text        not null default 'QUEUED'
        check (state in ('QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'CANCELLED', 'FAILED')),
    -- What was asked for; the aggregate types are those of the slices. Ids are those of named aggregates, null for all.
    ids             text[],
    rate_per_second integer     check (rate_per_second > 0),
    dry_run         boolean     not null default false,
    -- What only this kind of job is asked for; of a republish {"changedSince": "2026-01-31T08:00:00Z", "tombstones": true}, or less.
    parameters      jsonb       not null default '{}',
    requested_by    text        not null,
    -- Since when, and from what count on, the rate is measured: a pause does not earn a burst.
    rate_since      timestamptz,
    rate_from       bigint      not null default 0,
    error           text,
    created_at      timestamptz not null default clock_timestamp(),
    started_at      timestamptz,
    updated_at      timestamptz not null default clock_timestamp(),
    finished_at     timestamptz
);

-- What a job does for one aggregate type, or for one range of its ids where there are many. A chunk is a transaction that holds this
-- row and leaves in it how far it came.
create table "${outbox}_job_slice" (
    job_id          uuid        not null references "${outbox}_job" (id) on delete cascade,
    aggregate_type  text        not null,
    -- The first slice of a type counts for all of them, and then makes the others.
    slice_number    integer     not null default 0,
    -- What is done now: first COUNT, in the end DONE, and between them what the kind of job has.
    pass            text        not null default 'COUNT' check (pass <> ''),
    -- The last id, as text, that the pass has dealt with.
    last_id         text,
    -- The last id, as text, of the slice; null where it is open.
    end_id          text,
    -- There is nothing to do before.
    due_at          timestamptz,
    -- Aggregates: all, null until they are counted, and 0 with all slices of a type but the first; then what became of them: those
    -- that the job has done (published, if it republishes), those that wait among the items below, those that no longer existed, and
    -- those that failed.
    total_count     bigint,
    done_count      bigint      not null default 0,
    pending_count   bigint      not null default 0,
    skipped_count   bigint      not null default 0,
    failed_count    bigint      not null default 0,
    error           text,
    -- Why it does not go on; null while it does.
    waiting_for     text,
    updated_at      timestamptz not null default clock_timestamp(),
    primary key (job_id, aggregate_type, slice_number)
);

-- Aggregates that a slice has yet to deal with, each with the pass that will. A republish has them NAMED by the request; CONTENDED,
-- because live traffic had them locked or their chunk failed; and for a SECOND_LOOK, after they got a delete event.
create table "${outbox}_job_item" (
    job_id          uuid        not null,
    aggregate_type  text        not null,
    aggregate_id    text        not null,
    slice_number    integer     not null default 0,
    pass            text        not null check (pass <> ''),
    attempt_count   integer     not null default 0,
    -- It waits until no transaction is left that began to write before this one; null if it does not wait.
    horizon         xid8,
    primary key (job_id, aggregate_type, aggregate_id),
    foreign key (job_id, aggregate_type, slice_number)
        references "${outbox}_job_slice" (job_id, aggregate_type, slice_number) on delete cascade
);

create index "${outbox}_job_item_next"
    on "${outbox}_job_item" (job_id, aggregate_type, slice_number, pass, attempt_count, aggregate_id);

-- Who did what to a job.
create table "${outbox}_job_action" (
    -- Somebody else's publication may be for all tables, and then lets only those be changed that have a primary key.
    number          bigint      not null generated always as identity primary key,
    job_id          uuid        not null references "${outbox}_job" (id) on delete cascade,
    action          text        not null check (action in ('start', 'pause', 'resume', 'cancel')),
    actor           text        not null,
    at              timestamptz not null default clock_timestamp()
);

create index "${outbox}_job_action_job" on "${outbox}_job_action" (job_id);

-- Up to where a consumer has to read to have all events of a job that has ended, one row per pipeline that has published them.
-- Written by the relay.
create table "${outbox}_job_end" (
    job_id          uuid        not null references "${outbox}_job" (id) on delete cascade,
    pipeline        text        not null,
    -- [{"topic": "...", "partition": 0, "offset": 42}, ...]: the offset after the last record. Partitions without records are left out.
    offsets         jsonb       not null,
    published_lsn   pg_lsn      not null,
    at              timestamptz not null default clock_timestamp(),
    primary key (job_id, pipeline)
);

-- The jobs that publish events, as a relay has to know them. It reads the tables with the rights of its owner, so that a relay's role
-- needs no other right to them, and a relay need not know the service's states.
create view "${outbox}_relay_job" as
select id, requested_by, created_at, finished_at,
       -- Everything that it will ever write is committed, and a consumer that has all of it is complete.
       state in ('COMPLETED', 'FAILED') as ended,
       state = 'PAUSED' as paused,
       ids is null as of_whole_types,
       array(select aggregate_type from "${outbox}_job_slice"
              where job_id = job.id and slice_number = 0 order by aggregate_type) as aggregate_types,
       -- In the same order; 0 where they are not counted.
       array(select coalesce(total_count, 0) from "${outbox}_job_slice"
              where job_id = job.id and slice_number = 0 order by aggregate_type) as total_counts
  from "${outbox}_job" as job
 where kind = 'republish' and not dry_run;
