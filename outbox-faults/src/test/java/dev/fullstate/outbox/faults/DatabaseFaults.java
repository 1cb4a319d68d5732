package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.Random;

import dev.fullstate.outbox.faults.server.Outbox;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;

/** Changes slot, publication and table by SQL, as an operator does, while writers write. */
final class DatabaseFaults {

    private static final String OBJECT_IN_USE = "55006";
    private static final String CREATE_PUBLICATION =
            "create publication outbox for table outbox with (publish = 'insert', publish_via_partition_root = true)";

    /** The columns that the writers do not name. */
    private static final List<String> COLUMNS = List.of(
            "dataschema text", "extensions text", "\"time\" timestamptz", "republishid uuid", "traceparent text");

    private static final int LARGE = 3_000;

    private final Scenario scenario;
    private final Outbox outbox;
    private final Lasting lasting;
    private final Random random;

    DatabaseFaults(Scenario scenario, Lasting lasting) {
        this.scenario = scenario;
        this.outbox = scenario.outbox;
        this.lasting = lasting;
        this.random = lasting.random();
    }

    void dropSlot() throws SQLException {
        withTheSlot("pg_drop_replication_slot(slot_name)");
    }

    void recreateSlot() throws SQLException {
        dropSlot();
        moment();
        // A relay may have been quicker.
        outbox.query("select pg_create_logical_replication_slot('" + outbox.name() + "', 'pgoutput') where not exists"
                + " (select from pg_replication_slots where slot_name = '" + outbox.name() + "')");
    }

    void advanceSlot() throws SQLException {
        withTheSlot("pg_replication_slot_advance(slot_name, pg_current_wal_insert_lsn())");
    }

    /**
     * Calls a function with the slot, which has to be free, and which a relay may take again the next moment; does nothing without a slot.
     */
    private void withTheSlot(String call) throws SQLException {
        scenario.patience().until(call, () -> {
            outbox.query("select pg_terminate_backend(active_pid, 2000) from pg_replication_slots where active"
                    + " and slot_name = '" + outbox.name() + "'");
            try {
                outbox.query("select " + call + " from pg_replication_slots where slot_name = '" + outbox.name() + "'");
                return true;
            } catch (SQLException e) {
                // Some calls cannot succeed at all, because the slot's WAL is gone for instance.
                return !OBJECT_IN_USE.equals(e.getSQLState());
            }
        });
    }

    void recreatePublication() throws SQLException {
        if (random.nextBoolean()) {
            outbox.execute("begin; drop publication outbox; " + CREATE_PUBLICATION + "; commit");
        } else {
            around("drop publication outbox", CREATE_PUBLICATION);
        }
    }

    void takeTableOutOfPublication() throws SQLException {
        around("alter publication outbox drop table outbox", "alter publication outbox add table outbox");
    }

    void switchInsertsOff() throws SQLException {
        around(
                "alter publication outbox set (publish = 'update')",
                "alter publication outbox set (publish = 'insert')");
    }

    void addColumn() throws SQLException {
        around("alter table outbox add column added text default 'x'", "alter table outbox drop column added");
    }

    void dropColumn() throws SQLException {
        String column = COLUMNS.get(random.nextInt(COLUMNS.size()));
        around(
                "alter table outbox drop column " + column.substring(0, column.indexOf(' ')),
                "alter table outbox add column " + column);
    }

    /** Rolls back more than the server keeps in memory, after a released savepoint: PostgreSQL 18 tells subscribers of the end. */
    void rollBackLarge() throws SQLException {
        outbox.execute("create table if not exists other (id bigint, text text)");
        String large = random.nextBoolean()
                ? "insert into other select n, repeat('x', 200) from generate_series(1, " + LARGE + ") n"
                : OutboxInsert.rows(LARGE).of("rolled-back").sql();
        outbox.execute(
                "begin; savepoint a; insert into other values (0, 'x'); release savepoint a; " + large + "; rollback");
    }

    private void around(String before, String after) throws SQLException {
        outbox.execute(before);
        moment();
        outbox.execute(after);
    }

    /** Leaves time in which rows may be written, and the relay may notice. */
    private void moment() {
        lasting.between(0, random.nextBoolean() ? 50 : 1_000);
    }
}
