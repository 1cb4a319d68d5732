-- The table checks what is cheap (docs/adr/0041): a row has a number from 0 on, a key, a known operation and a payload of a bearable size.
-- PostgreSQL reads the expression of each check again for every INSERT. What these seven have kept out, the service does not write, and the
-- relay does not publish: it parks the row's aggregate.
--
-- The statement needs the table for itself, for a moment. It waits half a second for that, lets the writers that have queued behind it go on,
-- and tries again; after five attempts it fails, and nothing is changed.
do $$
declare
    own_timeout text := current_setting('lock_timeout');
begin
    for attempt in 1..5 loop
        begin
            set local lock_timeout = '500ms';
            alter table "${outbox}"
                drop constraint if exists outbox_aggregatetype_legal,
                drop constraint if exists outbox_type_not_empty,
                drop constraint if exists outbox_source_not_empty,
                drop constraint if exists outbox_delete_has_no_payload,
                drop constraint if exists outbox_time_expressible,
                drop constraint if exists outbox_created_at_expressible,
                drop constraint if exists outbox_extensions_legal;
            perform set_config('lock_timeout', own_timeout, true);
            return;
        exception when lock_not_available then
            if attempt = 5 then
                raise;
            end if;
            perform pg_sleep(1);
        end;
    end loop;
end
$$;
