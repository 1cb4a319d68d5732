package dev.fullstate.outbox.relay.wal;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.parking.Command;
import dev.fullstate.outbox.relay.parking.Command.Kind;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;
import dev.fullstate.outbox.relay.position.Lsn;

/** Reads and writes through the ordinary connection. */
final class PostgresParkingTables implements ParkingTables {

    private static final List<String> COLUMNS = OutboxTable.PUBLISHED_COLUMNS;

    /** Rows that one statement looks through: there is no index by aggregate, and the loop waits for the statement. */
    private static final int WINDOW = 20_000;

    private static final int MAX_ROWS = 256;
    private static final long MAX_BYTES = DataSize.ofMegabytes(1).toBytes();
    private static final int MAX_COMMANDS = 100;
    /** The columns of a command in {@code c}, also in an outbox whose commands have no position yet. */
    static final String COMMAND =
            "number, command, aggregatetype, aggregateid, first_seq, command = 'accept' and created_at < clock_timestamp() - interval '10 minutes'"
                    + " as expired, to_jsonb(c) ->> 'slot_position' as slot_position, requested_by";

    /** Stands for no row's number: the table does not tell which row has a dead letter. */
    private static final long NO_ROW = Long.MIN_VALUE;

    private final Connection connection;
    private final OutboxNames names;
    private final WalSettings settings;

    PostgresParkingTables(Connection connection, OutboxNames names, WalSettings settings) {
        this.connection = connection;
        this.names = names;
        this.settings = settings;
    }

    @Override
    public @Nullable Warning obstacle() {
        String sql = """
                select case when parked is null or command is null then 'missing'
                            when not (has_table_privilege(parked, 'select') and has_table_privilege(parked, 'insert')
                                 and has_table_privilege(parked, 'update') and has_table_privilege(parked, 'delete') and has_table_privilege(command, 'select') and has_table_privilege(command, 'update')) then 'denied' end
                  from (select to_regclass(?)::oid as parked, to_regclass(?)::oid as command) as tables
                """;
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, names.sql("{outbox_parked}"));
            query.setString(2, names.sql("{outbox_command}"));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return obstacle(row.getString(1));
            }
        } catch (SQLException e) {
            throw failure("The tables of parked aggregates could not be looked for", e);
        }
    }

    @Override
    public @Nullable Warning obstacleToAccepting() {
        Warning obstacle = obstacle();
        if (obstacle != null) {
            return obstacle;
        }
        try (PreparedStatement query = connection.prepareStatement("""
                select exists (select from pg_attribute
                                where attrelid = to_regclass(?) and attname = 'slot_position' and not attisdropped)
                """)) {
            query.setString(1, names.sql("{outbox_command}"));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getBoolean(1)
                        ? null
                        : new Warning(
                                names.text(
                                        "No position can be accepted, because {outbox_command} has no column slot_position"),
                                "Start the service with this version of outbox-starter, or run V3__accept.sql of outbox-contract");
            }
        } catch (SQLException e) {
            throw failure("The tables of commands could not be looked for", e);
        }
    }

    private @Nullable Warning obstacle(@Nullable String found) {
        if (found == null) {
            return null;
        }
        return found.equals("missing")
                ? new Warning(
                        names.text(
                                "No aggregate can be parked, because there is no table {outbox_parked} or {outbox_command}:"
                                        + " an event that cannot be published would stop the relay"),
                        "Start the service with this version of outbox-starter, or run the scripts of outbox-contract after V1__outbox.sql")
                : new Warning(
                        "No aggregate can be parked, because role " + settings.role()
                                + names.text(
                                        " may not use {outbox_parked} and {outbox_command}: an event that cannot be published would stop"
                                                + " the relay"),
                        names.text("GRANT SELECT, INSERT, UPDATE, DELETE ON {outbox_parked} TO ") + settings.role()
                                + names.text("; GRANT SELECT, INSERT, UPDATE ON {outbox_command} TO ") + settings.role()
                                + ";");
    }

    @Override
    public Rows rows(ParkedAggregate aggregate, List<Long> singles) {
        try {
            return aggregate.alone().isEmpty() ? range(aggregate, singles) : single(aggregate);
        } catch (SQLException e) {
            throw failure(names.text("The rows of a parked aggregate could not be read from {outbox}"), e);
        }
    }

    /** A single row is told by its number alone or, if that is what was corrected, by its event's id, for which there is no index. */
    private Rows single(ParkedAggregate aggregate) throws SQLException {
        long seq = aggregate.alone().get(0);
        List<byte[] @Nullable []> found = find("r.seq = ?::bigint", Long.toString(seq));
        String eventId = aggregate.eventId();
        if (!found.isEmpty() && seq == aggregate.blocked() && isOfAnotherHistory(found.get(0), aggregate)) {
            found = List.of();
        }
        if (found.isEmpty() && seq < 0 && seq == aggregate.blocked() && eventId != null) {
            found = find("r.id = ?::uuid", eventId);
        }
        return new Rows(found, seq);
    }

    /** A database that was restored gives numbers again. */
    private static boolean isOfAnotherHistory(byte[] @Nullable [] row, ParkedAggregate aggregate) {
        return aggregate.eventId() != null
                && !aggregate.eventId().equals(text(row, OutboxTable.ID))
                && !(aggregate.type().equals(text(row, OutboxTable.AGGREGATE_TYPE))
                        && aggregate.id().equals(text(row, OutboxTable.AGGREGATE_ID)));
    }

    private static String text(byte[] @Nullable [] row, String column) {
        byte[] value = row[COLUMNS.indexOf(column)];
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    private List<byte[] @Nullable []> find(String condition, String value) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql(
                "select " + RowText.columns("r", COLUMNS) + " from {outbox} as r where " + condition + " limit 1"))) {
            query.setString(1, value);
            List<byte[] @Nullable []> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(RowText.read(rows, 0));
                }
            }
            return found;
        }
    }

    /** Looks through some existing rows, and takes those of the aggregate, as many as fit in some memory. */
    private Rows range(ParkedAggregate aggregate, List<Long> singles) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql(
                """
                with looked as materialized (
                    select r.seq, r.bucket, r.aggregatetype, r.aggregateid,
                           %1$s as size
                      from {outbox} as r where r.seq >= ?::bigint and r.seq <= ?::bigint order by r.seq limit %2$d),
                own as materialized (
                    select seq, bucket, sum(size) over (order by seq) - size as bytes_before
                      from looked
                     where coalesce(aggregatetype, '') = ?::text and coalesce(aggregateid, '') = ?::text and seq <> all (?::bigint[])),
                taken as materialized (select seq, bucket from own where bytes_before < %3$d order by seq limit %4$d)
                select (select count(*) = %2$d from looked), (select max(seq) from looked),
                       (select count(*) from own) > (select count(*) from taken), taken.seq, %5$s
                  from (values (1)) as one left join taken on true
                  left join {outbox} as r on r.seq = taken.seq and r.bucket = taken.bucket
                 order by taken.seq
                """.formatted(RowText.size("r"), WINDOW, MAX_BYTES, MAX_ROWS, RowText.columns("r", COLUMNS))))) {
            query.setLong(1, aggregate.first());
            query.setLong(2, aggregate.last());
            query.setString(3, aggregate.type());
            query.setString(4, aggregate.id());
            query.setArray(5, connection.createArrayOf("bigint", singles.toArray()));
            try (ResultSet rows = query.executeQuery()) {
                return range(rows, aggregate.last());
            }
        }
    }

    private static Rows range(ResultSet rows, long last) throws SQLException {
        List<byte[] @Nullable []> values = new ArrayList<>();
        long through = last;
        while (rows.next()) {
            rows.getLong(4);
            if (!rows.wasNull()) {
                values.add(RowText.read(rows, 4));
            }
            if (rows.getBoolean(3)) {
                through = rows.getLong(4);
            } else if (rows.getBoolean(1)) {
                through = rows.getLong(2);
            }
        }
        return new Rows(values, through);
    }

    @Override
    public boolean isVisible(long seq) {
        return answer("select exists (select from {outbox} where seq = ?::bigint)", seq) != 0;
    }

    @Override
    public long running() {
        return answer("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint where ?::bigint is not null", 0);
    }

    @Override
    public boolean haveEnded(long running) {
        return answer("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= ?::bigint", running) != 0;
    }

    private long answer(String sql, long parameter) {
        try (PreparedStatement query = connection.prepareStatement(names.sql(sql))) {
            query.setLong(1, parameter);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                Object value = row.getObject(1);
                return value instanceof Boolean yes ? (yes ? 1 : 0) : row.getLong(1);
            }
        } catch (SQLException e) {
            throw failure(names.text("The rows of a parked aggregate could not be looked for in {outbox}"), e);
        }
    }

    @Override
    public List<Command> commands() {
        return open("retry", "skip", "release");
    }

    @Override
    public List<Command> acceptances() {
        return open("accept");
    }

    private List<Command> open(String... kinds) {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                select %s from {outbox_command} as c
                 where pipeline = ?::text and done_at is null and command = any (?)
                 order by number limit %d
                """.formatted(COMMAND, MAX_COMMANDS)))) {
            query.setString(1, settings.slotName());
            query.setArray(2, connection.createArrayOf("text", kinds));
            List<Command> commands = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    commands.add(command(rows));
                }
            }
            return commands;
        } catch (SQLException e) {
            throw failure(names.text("Commands could not be read from {outbox_command}"), e);
        }
    }

    /** Reads a command of a row that has its columns by their names. */
    static Command command(ResultSet row) throws SQLException {
        String position = row.getString("slot_position");
        return new Command(
                row.getLong("number"),
                Kind.valueOf(row.getString("command").toUpperCase(Locale.ROOT)),
                row.getString("aggregatetype"),
                row.getString("aggregateid"),
                row.getObject("first_seq", Long.class),
                row.getBoolean("expired"),
                position == null ? null : Lsn.parse(position),
                row.getString("requested_by"));
    }

    @Override
    public void done(Command command, String outcome) {
        try (PreparedStatement update = connection.prepareStatement(names.sql("""
                update {outbox_command} set outcome = ?::text, done_at = clock_timestamp()
                 where number = ?::bigint and done_at is null
                """))) {
            update.setString(1, outcome);
            update.setLong(2, command.number());
            update.executeUpdate();
        } catch (SQLException e) {
            throw failure(names.text("The outcome of a command could not be noted in {outbox_command}"), e);
        }
    }

    @Override
    public void note(Parked parked) {
        // One statement: whoever reads sees all of the earlier state, or all of this one.
        try (PreparedStatement write = connection.prepareStatement(names.sql("""
                with now as (
                    select ?::text as pipeline, n.aggregatetype, n.aggregateid, n.singles::bigint[] as single_seqs, n.first_seq, n.last_seq,
                           n.event_count, n.payload_bytes, n.reason, n.released, n.since
                      from unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[],
                                  ?::boolean[], ?::timestamptz[])
                        as n (aggregatetype, aggregateid, singles, first_seq, last_seq, event_count, payload_bytes, reason, released, since)),
                gone as (
                    delete from {outbox_parked} as p
                     where pipeline = ?::text and not exists (select from now
                            where now.aggregatetype = p.aggregatetype and now.aggregateid = p.aggregateid))
                insert into {outbox_parked} (pipeline, aggregatetype, aggregateid, single_seqs, first_seq, last_seq, event_count,
                                             payload_bytes, reason, released, since)
                select pipeline, aggregatetype, aggregateid, single_seqs, first_seq, last_seq, event_count, payload_bytes, reason, released,
                       since from now
                on conflict (pipeline, aggregatetype, aggregateid) do update
                   set single_seqs = excluded.single_seqs, first_seq = excluded.first_seq, last_seq = excluded.last_seq,
                       event_count = excluded.event_count, payload_bytes = excluded.payload_bytes, reason = excluded.reason,
                       released = excluded.released, since = excluded.since
                """))) {
            List<ParkedAggregate> all = parked.aggregates();
            write.setString(1, settings.slotName());
            write.setArray(2, array("text", all, ParkedAggregate::type));
            write.setArray(3, array("text", all, ParkedAggregate::id));
            write.setArray(4, array("text", all, PostgresParkingTables::singles));
            write.setArray(5, array("bigint", all, ParkedAggregate::first));
            write.setArray(6, array("bigint", all, ParkedAggregate::last));
            write.setArray(7, array("bigint", all, ParkedAggregate::count));
            write.setArray(8, array("bigint", all, ParkedAggregate::bytes));
            write.setArray(9, array("text", all, ParkedAggregate::reason));
            write.setArray(10, array("boolean", all, ParkedAggregate::mayBePublished));
            write.setArray(11, array("timestamptz", all, each -> each.since().toString()));
            write.setString(12, settings.slotName());
            write.executeUpdate();
        } catch (SQLException e) {
            throw failure(names.text("The parked aggregates could not be noted in {outbox_parked}"), e);
        }
    }

    /** Prints an array as PostgreSQL reads it: an array of arrays of different lengths cannot be a parameter. */
    private static String singles(ParkedAggregate aggregate) {
        return aggregate.alone().stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }

    @Override
    public List<ParkedAggregate> noted() {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                select aggregatetype, aggregateid, single_seqs, first_seq, last_seq, event_count, payload_bytes, reason, since, released
                  from {outbox_parked} where pipeline = ?::text order by since, first_seq
                """))) {
            query.setString(1, settings.slotName());
            List<ParkedAggregate> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(new ParkedAggregate(
                            rows.getString(1),
                            rows.getString(2),
                            List.of((Long[]) rows.getArray(3).getArray()),
                            rows.getLong(4),
                            rows.getLong(5),
                            NO_ROW,
                            null,
                            rows.getLong(6),
                            rows.getLong(7),
                            rows.getString(8),
                            rows.getTimestamp(9).toInstant(),
                            rows.getBoolean(10) ? 0 : -1));
                }
            }
            return found;
        } catch (SQLException e) {
            throw failure(names.text("The parked aggregates could not be read from {outbox_parked}"), e);
        }
    }

    private Array array(String type, List<ParkedAggregate> all, Function<ParkedAggregate, Object> value)
            throws SQLException {
        return connection.createArrayOf(type, all.stream().map(value).toArray());
    }

    private static WalException failure(String failedTo, SQLException e) {
        return SqlFailure.of(failedTo, e);
    }
}
