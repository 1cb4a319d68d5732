-- An order as its last applied event shows it. Of an order that is gone the row stays, without its data, so that an event from before
-- the delete, should it come again, does not bring the order back. Such a row may be removed as soon as no event from before the delete
-- can come any more: applied_at is further back than the outbox keeps its rows, and nobody replays the topic from before that time.
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
