-- One more command, of the pipeline: accept has the relay go on where its slot is confirmed, and count as published what was committed before.
alter table "${outbox}_command" drop constraint "${outbox}_command_command_check";

alter table "${outbox}_command"
    -- The position of the slot that the operator has seen; the command is for no other one.
    add column slot_position pg_lsn,
    add constraint "${outbox}_command_command_check" check (command in ('retry', 'skip', 'release', 'pause', 'resume', 'accept')),
    add constraint "${outbox}_command_position_check" check ((command = 'accept') = (slot_position is not null));
