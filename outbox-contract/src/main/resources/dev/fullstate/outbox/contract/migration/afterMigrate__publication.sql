-- Runs at each start of the service: somebody may have dropped the publication since it was created. The relay finds in the table the rows
-- that were written without it. Where the role may not create it, the relay says so, with the statement.
do $$
begin
    if not exists (select from pg_publication where pubname = '${publication}')
            and has_database_privilege(current_database(), 'create')
            and exists (select from pg_class
                         where oid = to_regclass('"${outbox}"') and pg_has_role(relowner, 'usage')) then
        create publication "${publication}" for table "${outbox}"
            with (publish = 'insert', publish_via_partition_root = true);
    end if;
end
$$;
