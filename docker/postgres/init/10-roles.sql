-- Runs once, as the superuser, when the data folder is empty.
\getenv orders_password ORDERS_PASSWORD
\getenv relay_password RELAY_PASSWORD

-- The service owns its database: its migrations create the tables, the outbox and the publication.
create role orders login password :'orders_password';
create database orders owner orders;

-- The relay reads the WAL. REPLICATION applies to the whole server, so the role gets as few other rights as possible: on the
-- outbox's tables it may read, and note what it has published. These grants follow when the tables exist (see grant-outbox in
-- compose.yaml).
create role outbox_relay login replication password :'relay_password';

revoke connect, temporary on database orders from public;
-- The relay compares what Kafka has with the outbox in temporary tables.
grant connect, temporary on database orders to outbox_relay;

\connect orders
revoke all on schema public from public;
-- From PostgreSQL 15 on it has this as the owner of the database.
grant usage, create on schema public to orders;
grant usage on schema public to outbox_relay;
