package dev.fullstate.outbox.relay.wal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundEvent;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.Shift;

/**
 * Reads pages, each in a statement of its own. Events that were found in Kafka are kept in temporary tables of the server, whatever their
 * number, and compared there.
 */
final class PostgresRetainedRows implements RetainedRows {

    /** The bytes held in memory at a time, except for the last row of a page, which may be of any size. */
    private static final long PAGE_BYTES = DataSize.ofMegabytes(1).toBytes();

    static final int PAGE_ROWS = 512;

    /** Numbers that may be drawn from when the sequence is read until it is raised. */
    private static final long MARGIN = 100_000;

    /**
     * Rows that a snapshot, named twice, does not show. With these conditions both are for the index: transactions that were running then are
     * few, and rows of all others that it does not show are the newest.
     */
    static final String NOT_IN =
            "(r.xid >= pg_snapshot_xmax(?::pg_snapshot) or r.xid = any(array(select pg_snapshot_xip(?::pg_snapshot))))";

    private static final String UNREACHED = """
             and not exists (select from pg_temp.outbox_relay_reached as reached
                              where reached.aggregatetype = r.aggregatetype and reached.aggregateid = r.aggregateid
                                and reached.seq >= r.seq)
            """;

    private final Connection connection;
    private final OutboxNames names;
    private final WalSettings settings;
    private final @Nullable String aggregateType;
    /** False until the end of a search, before which nothing is known to be published. */
    private boolean searched;

    /** @param aggregateType of the rows that {@code survey} and {@code page} find; null for those of all types */
    PostgresRetainedRows(
            Connection connection, OutboxNames names, WalSettings settings, @Nullable String aggregateType) {
        this.connection = connection;
        this.names = names;
        this.settings = settings;
        this.aggregateType = aggregateType;
    }

    @Override
    public String table() {
        return names.text("{outbox}");
    }

    @Override
    public Survey survey(Fill fill) {
        Filter filter = new Filter(fill);
        // A row with a time at which it cannot have been written may have been published at any time.
        String sql = names.sql("""
                select count(*), coalesce(min(r.seq), 0),
                       least(min(coalesce(%s, timestamptz 'epoch')), (select updated_at from {outbox_relay} where pipeline = ?)),
                       (select updated_at from {outbox_relay} where pipeline = ? and published_lsn > '0/0'),
                       coalesce(array_agg(distinct r.aggregatetype) filter (where r.aggregatetype is not null), '{}')
                  from {outbox} as r where %s
                """.formatted(OutboxTable.writtenAt("r"), filter.sql()));
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, settings.slotName());
            query.setString(2, settings.slotName());
            filter.bind(query, 2);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new Survey(row.getLong(1), row.getLong(2), instant(row, 3), instant(row, 4), Set.of((String[])
                        row.getArray(5).getArray()));
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }

    @Override
    public void beginFound() {
        try {
            execute("drop table if exists pg_temp.outbox_relay_found, pg_temp.outbox_relay_reached");
            execute(
                    "create temporary table outbox_relay_found (id uuid, sequence bigint, topic text, key text, source text, type text,"
                            + " recorded_at timestamptz)");
        } catch (SQLException e) {
            throw SqlFailure.isInsufficientPrivilege(e)
                    ? new WalException(
                            "Role " + settings.role()
                                    + " may not create temporary tables, in which the relay compares what Kafka"
                                    + " has with the outbox: " + e.getMessage(),
                            "GRANT TEMPORARY ON DATABASE ... TO " + settings.role() + ";",
                            e)
                    : failure(e);
        }
    }

    @Override
    public void found(List<FoundEvent> events) {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into pg_temp.outbox_relay_found
                select * from unnest(?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[])
                """)) {
            insert.setArray(1, array("uuid", events, FoundEvent::id));
            insert.setArray(2, array("bigint", events, FoundEvent::sequence));
            insert.setArray(3, array("text", events, FoundEvent::topic));
            insert.setArray(4, array("text", events, FoundEvent::key));
            insert.setArray(5, array("text", events, FoundEvent::source));
            insert.setArray(6, array("text", events, FoundEvent::type));
            insert.setArray(7, array("timestamptz", events, FoundEvent::recordedAt));
            insert.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public void endFound(Fill fill) {
        // Per aggregate, numbers are in the order of commits, and so of publication: what comes before a published row
        // is published, also where compaction has removed it.
        Filter unpublished = new Filter(fill.again());
        try (PreparedStatement create = connection.prepareStatement(names.sql("""
                create temporary table outbox_relay_reached as
                select r.aggregatetype, r.aggregateid, max(r.seq) as seq
                  from {outbox} as r join pg_temp.outbox_relay_found as found on found.id = r.id
                 where %s group by r.aggregatetype, r.aggregateid
                """.formatted(unpublished.sql())))) {
            execute("analyze pg_temp.outbox_relay_found");
            unpublished.bind(create, 0);
            create.executeUpdate();
            execute("create index on pg_temp.outbox_relay_reached (aggregateid, aggregatetype)");
            execute("analyze pg_temp.outbox_relay_reached");
            searched = true;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public List<byte[] @Nullable []> page(Fill fill) {
        Filter unpublished = new Filter(fill);
        return read(
                """
                page as (
                     select r.seq, r.bucket, sum(%1$s) over (order by r.seq) - (%1$s) as bytes_before
                       from {outbox} as r where %2$s%3$s order by r.seq limit %4$d)
                """.formatted(RowText.size("r"), unpublished.sql(), searched ? UNREACHED : "", PAGE_ROWS), unpublished);
    }

    /**
     * Reads a page where few rows are fresh, which are found by their transactions: the number of one that was committed late may be far below
     * those of all others, and what lies between need not be read.
     */
    List<byte[] @Nullable []> few(Fill fill) {
        Filter all = new Filter(fill, false);
        return read("""
                fresh as materialized (
                     select r.seq, r.bucket, %1$s as size from {outbox} as r where %2$s),
                page as (
                     select seq, bucket, sum(size) over (order by seq) - size as bytes_before from fresh where seq > %3$d)
                """.formatted(RowText.size("r"), all.sql(), fill.after()), all);
    }

    /** @param page the part of a query that has this name, with the keys of rows and the bytes of those before them */
    private List<byte[] @Nullable []> read(String page, Filter filter) {
        String sql = names.sql(
                "with " + page + """
                select %s from page join {outbox} as r on r.seq = page.seq and r.bucket = page.bucket
                 where page.bytes_before < %d order by r.seq
                """.formatted(RowText.columns("r", OutboxTable.PUBLISHED_COLUMNS), PAGE_BYTES));
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            filter.bind(query, 0);
            List<byte[] @Nullable []> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(RowText.read(rows, 0));
                }
            }
            return found;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public @Nullable Newest newest(String snapshot, Set<String> aggregateTypes) {
        return newestWhere("pg_visible_in_snapshot(xid, ?::pg_snapshot) and aggregatetype <> all(?::text[])", query -> {
            query.setString(1, snapshot);
            query.setArray(2, connection.createArrayOf("text", aggregateTypes.toArray()));
        });
    }

    @Override
    public @Nullable Newest newest() {
        return newestWhere("true", query -> {});
    }

    private @Nullable Newest newestWhere(String condition, Binding binding) {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("select seq, id from {outbox} where " + condition + " order by seq desc limit 1"))) {
            binding.bind(query);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? new Newest(row.getLong(1), row.getObject(2, UUID.class)) : null;
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Sets the parameters of a statement. */
    private interface Binding {

        void bind(PreparedStatement statement) throws SQLException;
    }

    @Override
    public long highestFound() {
        // Other services' events in the same topics have numbers of other sequences. Without rows, nothing tells whose
        // they are.
        return number(names.sql("""
                select coalesce(max(found.sequence), 0) from pg_temp.outbox_relay_found as found
                 where exists (select from {outbox} as own where own.source = found.source)
                    or exists (select from {outbox} as row where row.id = found.id)
                    or not exists (select from {outbox})
                """));
    }

    @Override
    public boolean hasLost() {
        return highestFound() > lastSequence() || hasFoundStrangers();
    }

    private boolean hasFoundStrangers() {
        return number(names.sql("""
                        select count(*) from (
                               select from pg_temp.outbox_relay_found as found left join {outbox} as r on r.id = found.id
                                where r.seq <> found.sequence
                                   or (r.seq is null and found.sequence >= (select min(seq) from {outbox})
                                       and exists (select from {outbox} as own where own.source = found.source)) limit 1) as strangers
                        """)) > 0;
    }

    @Override
    public boolean reachBackTo(long published) {
        // The first number that is drawn after the newest row may be that of the first row, or the next.
        return number(names.sql("""
                        select case when coalesce((select min(seq) from {outbox}), last_value + 1) <= %1$d + 1 then 1 else 0 end
                          from {outbox_seq}
                        """.formatted(published))) > 0;
    }

    @Override
    public Numbers continuing(long highest, long waiting, Fill fill) {
        long reached = number("select coalesce(max(seq), 0) from pg_temp.outbox_relay_reached");
        Newest noted = fill.published() == null ? null : newest(fill.published());
        long last = noted == null ? reached : Math.max(reached, noted.seq());
        // All rows that are to be published have numbers above this one. The sequence is raised in any case: a database
        // that goes back once more loses that too, which shows it.
        long below = Math.min(Math.min(last, fill.after()), Math.max(0, waiting - 1));
        long by = Math.max(1, highest - below);
        return new Numbers(highest, null, new Shift(lastSequence() + MARGIN, by));
    }

    private long lastSequence() {
        return number(names.sql("select last_value from {outbox_seq}"));
    }

    @Override
    public boolean raiseSequence(Numbers numbers) {
        Shift shift = numbers.shift();
        if (shift.equals(Shift.NONE)) {
            return true;
        }
        if (lastSequence() > shift.upTo() - MARGIN / 2) {
            return false;
        }
        long above = shift.raisedTo();
        try {
            execute(names.sql("select setval('{outbox_seq}', " + above + ")"));
            return true;
        } catch (SQLException e) {
            throw SqlFailure.isInsufficientPrivilege(e)
                    ? new WalException(
                            names.text("The sequence {outbox_seq} has to continue at ") + above
                                    + ", above what consumers have seen: " + e.getMessage(),
                            names.text("GRANT SELECT, UPDATE ON SEQUENCE {outbox_seq} TO ") + settings.role() + ";",
                            e)
                    : failure(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private Array array(String type, List<FoundEvent> events, Function<FoundEvent, @Nullable Object> value)
            throws SQLException {
        return connection.createArrayOf(type, events.stream().map(value).toArray());
    }

    private WalException failure(SQLException e) {
        return SqlFailure.of(names.text("The retained rows of {outbox} could not be read"), e);
    }

    /** Rows that a fill may have to publish, as a condition with parameters. */
    private final class Filter {

        private final Fill fill;
        private final boolean afterProgress;

        private Filter(Fill fill) {
            this(fill, true);
        }

        /** @param afterProgress whether it leaves out the rows that are published of the fill */
        private Filter(Fill fill, boolean afterProgress) {
            this.fill = fill;
            this.afterProgress = afterProgress;
        }

        private String sql() {
            return (afterProgress ? "r.seq > ?::bigint and " : "")
                    + (fill.published() == null ? "" : NOT_IN + " and ")
                    + (aggregateType == null ? "" : "r.aggregatetype = ?::text and ")
                    + "pg_visible_in_snapshot(r.xid, ?::pg_snapshot)";
        }

        private void bind(PreparedStatement statement, int bound) throws SQLException {
            int index = bound;
            if (afterProgress) {
                statement.setLong(++index, fill.after());
            }
            if (fill.published() != null) {
                statement.setString(++index, fill.published());
                statement.setString(++index, fill.published());
            }
            if (aggregateType != null) {
                statement.setString(++index, aggregateType);
            }
            statement.setString(++index, fill.snapshot());
        }
    }
}
