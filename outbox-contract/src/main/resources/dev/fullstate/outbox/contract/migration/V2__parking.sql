-- Aggregates whose events wait in the outbox because one of them cannot be published: what the relay's position says of them, for people and
-- for the retention, which keeps their rows. Written by the relay.
create table "${outbox}_parked" (
    pipeline      text        not null,
    -- Empty if the rows have none.
    aggregatetype text        not null,
    aggregateid   text        not null,
    -- The numbers of single rows that wait, first of all the one that cannot be published, whatever they say of their aggregate; and behind
    -- them the aggregate's rows from the first number to the last, none if the last is lower.
    single_seqs   bigint[]    not null,
    first_seq     bigint      not null,
    last_seq      bigint      not null,
    event_count   bigint      not null,
    payload_bytes bigint      not null,
    -- Why the first one cannot be published.
    reason        text        not null,
    -- Whether an operator has released it, so that its rows are being published.
    released      boolean     not null,
    since         timestamptz not null,
    primary key (pipeline, aggregatetype, aggregateid)
);

-- What operators ask of a relay, and what became of it. A relay follows the commands of its pipeline, one after the other; nobody deletes any.
create table "${outbox}_command" (
    number        bigint      not null generated always as identity primary key,
    pipeline      text        not null,
    -- Of parked aggregates: retry publishes their events as the rows are now; skip does so too, and gives up the first one if it still cannot be
    -- published; release gives up each one that cannot. Of the pipeline: pause has no relay publish it until a resume.
    command       text        not null check (command in ('retry', 'skip', 'release', 'pause', 'resume')),
    -- The parked aggregate, all of a type, or, without a type, all.
    aggregatetype text,
    aggregateid   text        check (aggregateid is null or aggregatetype is not null),
    -- The command is for the aggregate only if its first event still has this number; null for any.
    first_seq     bigint,
    requested_by  text        not null check (requested_by <> ''),
    created_at    timestamptz not null default clock_timestamp(),
    -- Null until the relay has followed the command.
    outcome       text,
    done_at       timestamptz
);

create index "${outbox}_command_open" on "${outbox}_command" (pipeline, number) where done_at is null;

-- The last of these tells whether the pipeline is paused.
create index "${outbox}_command_pause" on "${outbox}_command" (pipeline, number) where command in ('pause', 'resume');
