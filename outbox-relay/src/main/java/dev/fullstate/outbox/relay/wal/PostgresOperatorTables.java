package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.parking.Command.Kind;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Snapshot;

/** Opens a connection for each call: operators are few, and the loop's connections are the loop's. */
final class PostgresOperatorTables implements OperatorTables {

    private static final int MAX_COMMANDS = 100;

    private static final String COLUMNS = PostgresParkingTables.COMMAND + ", created_at, outcome, done_at";

    private final WalSettings settings;
    private final Connections connections;

    PostgresOperatorTables(WalSettings settings) {
        this.settings = settings;
        this.connections = new Connections(settings);
    }

    /** A question to the database. */
    private interface Question<T> {

        T ask(Connection connection, OutboxNames names) throws SQLException;
    }

    private <T> T answer(Question<T> question) {
        Connection connection = connections.ordinary();
        try {
            return question.ask(
                    connection,
                    new Catalog(connection, settings.publication())
                            .publication()
                            .names());
        } catch (SQLException e) {
            throw SqlFailure.of("The relay's tables for operators could not be used", e);
        } finally {
            Connections.close(connection);
        }
    }

    @Override
    public List<ParkedAggregate> parked() {
        return answer((connection, names) -> new PostgresParkingTables(connection, names, settings).noted());
    }

    @Override
    public Asked ask(Kind kind, @Nullable String type, @Nullable String id, @Nullable Long first, String requestedBy) {
        return answer((connection, names) -> {
            try (PreparedStatement insert = connection.prepareStatement(names.sql("""
                    insert into {outbox_command} as c (pipeline, command, aggregatetype, aggregateid, first_seq, requested_by)
                    values (?::text, ?::text, ?::text, ?::text, ?::bigint, ?::text) returning %s
                    """.formatted(COLUMNS)))) {
                insert.setString(1, settings.slotName());
                insert.setString(2, kind.name().toLowerCase(Locale.ROOT));
                insert.setString(3, type);
                insert.setString(4, id);
                insert.setString(5, first == null ? null : first.toString());
                insert.setString(6, requestedBy);
                return asked(insert).get(0);
            }
        });
    }

    @Override
    public Optional<Asked> accept(Lsn slotPosition, String requestedBy) {
        return answer((connection, names) -> {
            Warning obstacle = new PostgresParkingTables(connection, names, settings).obstacleToAccepting();
            if (obstacle != null) {
                throw new WalException(obstacle.message(), obstacle.remedy(), null);
            }
            try (PreparedStatement insert = connection.prepareStatement(names.sql("""
                    insert into {outbox_command} as c (pipeline, command, slot_position, requested_by)
                    select slot_name, 'accept', confirmed_flush_lsn, ?::text from pg_replication_slots
                     where slot_name = ? and database = current_database() and not active and wal_status <> 'lost'
                       and confirmed_flush_lsn = ?::pg_lsn
                    returning %s
                    """.formatted(COLUMNS)))) {
                insert.setString(1, requestedBy);
                insert.setString(2, settings.slotName());
                insert.setString(3, slotPosition.toString());
                return asked(insert).stream().findFirst();
            }
        });
    }

    @Override
    public PipelineStatus status() {
        return answer((connection, names) -> {
            Catalog catalog = new Catalog(connection, settings.publication());
            PostgresParkingTables parking = new PostgresParkingTables(connection, names, settings);
            List<ParkedAggregate> parked = parking.obstacle() == null ? parking.noted() : List.of();
            boolean paused = new PipelineCommands(connection, catalog, settings).isPaused();
            PublishedTable table = settings.readsTable() ? publishedTable(catalog, names) : null;
            boolean leads = settings.readsTable()
                    && catalog.slotStatus(settings.slotName())
                            .map(SlotStatus::holder)
                            .isPresent();
            try (PreparedStatement query = connection.prepareStatement("""
                    select pg_current_wal_insert_lsn()::text, confirmed_flush_lsn::text, coalesce(active, false), wal_status,
                           pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint
                      from (values (1)) as one
                      left join pg_replication_slots on slot_name = ? and database = current_database()
                    """)) {
                query.setString(1, settings.slotName());
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    String confirmed = row.getString(2);
                    return new PipelineStatus(
                            settings.slotName(),
                            Lsn.parse(row.getString(1)),
                            confirmed == null ? null : Lsn.parse(confirmed),
                            leads || row.getBoolean(3),
                            row.getString(4),
                            row.getObject(5, Long.class),
                            paused,
                            parked.size(),
                            parked.stream().mapToLong(ParkedAggregate::count).sum(),
                            table);
                }
            }
        });
    }

    private PublishedTable publishedTable(Catalog catalog, OutboxNames names) {
        return catalog.query(
                        names.sql(
                                """
                        select pg_current_snapshot()::text, noted.snapshot::text,
                               exists (select from {outbox} as r where %s)
                          from (select coalesce((select snapshot from {outbox_relay} where pipeline = ?
                                     and system_identifier = (select system_identifier from pg_control_system())), '1:1:') as snapshot) as noted
                        """.formatted(PostgresRetainedRows.NOT_IN.replace("?::pg_snapshot", "noted.snapshot"))),
                        row -> new PublishedTable(
                                Snapshot.parse(row.getString(1)), Snapshot.parse(row.getString(2)), row.getBoolean(3)),
                        settings.slotName())
                .get(0);
    }

    @Override
    public List<Asked> commands() {
        return answer((connection, names) -> {
            try (PreparedStatement query =
                    connection.prepareStatement(names.sql("""
                    select %s from {outbox_command} as c where pipeline = ?::text order by number desc limit %d
                    """.formatted(COLUMNS, MAX_COMMANDS)))) {
                query.setString(1, settings.slotName());
                return asked(query);
            }
        });
    }

    @Override
    public Optional<Asked> command(long number) {
        return answer((connection, names) -> {
            try (PreparedStatement query = connection.prepareStatement(names.sql("""
                    select %s from {outbox_command} as c where pipeline = ?::text and number = ?::bigint
                    """.formatted(COLUMNS)))) {
                query.setString(1, settings.slotName());
                query.setLong(2, number);
                return asked(query).stream().findFirst();
            }
        });
    }

    private static List<Asked> asked(PreparedStatement statement) throws SQLException {
        List<Asked> asked = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Timestamp doneAt = rows.getTimestamp("done_at");
                asked.add(new Asked(
                        PostgresParkingTables.command(rows),
                        rows.getTimestamp("created_at").toInstant(),
                        rows.getString("outcome"),
                        doneAt == null ? null : doneAt.toInstant()));
            }
        }
        return asked;
    }
}
