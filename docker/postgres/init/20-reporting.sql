-- Runs once, as the superuser, when the data folder is empty.
\getenv reporting_password REPORTING_PASSWORD

-- Another service with a database of its own. That both are on one server is this composition's thrift: neither role can connect to the
-- database of the other.
create role reporting login password :'reporting_password';
create database reporting owner reporting;

revoke connect, temporary on database reporting from public;
