-- An order as its last applied event shows it. The row of a deleted order stays, without its data, so that a repeated event from before
-- the delete does not bring the order back. Such a row may be removed when no event from before the delete can come any more: when
-- applied_at is further back than the outbox keeps its rows, and nobody replays the topic from before that time.
create table order_report (
    order_id       uuid        not null primary key,
    sequence       bigint      not null,
    applied_at     timestamptz not null default now(),
    deleted        boolean     not null,
    entity_version bigint,
    customer_id    text,
    status         text,
    item_count     integer,
    total_amount   numeric,
    last_updated   timestamptz,
    check (deleted = (num_nonnulls(entity_version, customer_id, status, item_count, total_amount, last_updated) = 0)),
    check (deleted or num_nulls(entity_version, customer_id, status, item_count, total_amount, last_updated) = 0)
);

create index order_report_revenue on order_report (customer_id, status) where not deleted;

comment on column order_report.sequence is 'ce_sequence of the event that the row shows';
comment on column order_report.applied_at is 'when that event was applied';
