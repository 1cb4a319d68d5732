-- Runs once, as the superuser, when the data folder is empty.
\getenv reporting_password REPORTING_PASSWORD

-- Another service with a database of its own. Both databases are on one server only to save resources: neither role can connect to
-- the other's database.
create role reporting login password :'reporting_password';
create database reporting owner reporting;

revoke connect, temporary on database reporting from public;
