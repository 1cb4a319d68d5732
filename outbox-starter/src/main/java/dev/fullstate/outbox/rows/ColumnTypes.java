package dev.fullstate.outbox.rows;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.function.Supplier;

import org.hibernate.dialect.Dialect;
import org.hibernate.engine.jdbc.Size;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.type.BasicType;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.Type;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.jspecify.annotations.Nullable;

/**
 * The types of columns, as the database declares them. A mapping may be wrong about them: Hibernate compares neither length nor
 * precision with the columns that a migration has made (docs/adr/0018).
 */
public final class ColumnTypes {

    /**
     * Names {@code varchar} without its length: an explicit cast to {@code varchar(5)} silently cuts off longer texts, and so
     * would find another row. A collation that takes different texts for one makes a column inexact.
     */
    private static final String TYPES_OF_A_TABLE = """
            select relkind, attname,
                   case when atttypid = 'varchar'::regtype then format_type(atttypid, null) else format_type(atttypid, atttypmod) end,
                   coalesce(collisdeterministic, true)
              from pg_attribute join pg_class t on t.oid = attrelid left join pg_collation c on c.oid = attcollation
             where attrelid = to_regclass(?) and attnum > 0 and not attisdropped
            """;

    /** Kinds of {@code pg_class}: ordinary and partitioned tables. */
    private static final Set<String> TABLES = Set.of("r", "p");

    private final SessionFactoryImplementor sessionFactory;

    /**
     * Tables that were asked for; empty for a table that does not exist yet, which is not asked for again. Used while the start
     * resolves.
     */
    private final Map<String, Table> byTable = new HashMap<>();

    /**
     * What the database has under a table's name.
     *
     * @param hasRows whether it has rows of its own, which a view has not
     */
    private record Table(boolean hasRows, Map<String, ColumnType> columns) {}

    /** Looks columns up in the database of a session factory, each table once. */
    public ColumnTypes(SessionFactoryImplementor sessionFactory) {
        this.sessionFactory = sessionFactory;
    }

    /**
     * A column's type.
     *
     * @param sql the type's name, as a cast takes it
     * @param exact whether values that the database takes for equal are the same
     */
    public record ColumnType(String sql, boolean exact) {}

    /** Returns the type of a column; for a table that does not exist yet, the type that Hibernate would declare. */
    public ColumnType of(String table, SelectableMapping column) {
        ColumnType type = table(table).columns().get(unquoted(column.getSelectionExpression()));
        return type == null ? new ColumnType(declared(column), false) : type;
    }

    /** Returns whether rows are in the table itself: false for views, queries and tables of other databases. */
    public boolean hasRows(String table) {
        return table(table).hasRows();
    }

    private Table table(String table) {
        return byTable.computeIfAbsent(table, this::read);
    }

    /** Returns the zone in which Java makes moments of values in columns without a zone. */
    public Supplier<ZoneId> zone(JdbcType type) {
        TimeZone zone = sessionFactory.getSessionFactoryOptions().getJdbcTimeZone();
        if (type.getDefaultSqlTypeCode() == SqlTypes.TIMESTAMP_UTC) {
            return () -> ZoneOffset.UTC;
        }
        return zone == null ? ZoneId::systemDefault : zone::toZoneId;
    }

    private static String unquoted(String name) {
        return name.startsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name.toLowerCase(Locale.ROOT);
    }

    private Table read(String table) {
        if (table.startsWith("(")) {
            return new Table(false, Map.of()); // A query stands for the table.
        }
        JdbcConnectionAccess access = sessionFactory.getJdbcServices().getBootstrapJdbcConnectionAccess();
        Connection connection = null;
        try {
            connection = connection(access);
            return connection == null ? new Table(true, Map.of()) : read(connection, table);
        } catch (SQLException e) {
            throw sessionFactory
                    .getJdbcServices()
                    .getSqlExceptionHelper()
                    .convert(e, "The types of the columns of " + table + " could not be read");
        } finally {
            release(access, connection);
        }
    }

    private static Table read(Connection connection, String table) throws SQLException {
        boolean hasRows = true;
        Map<String, ColumnType> types = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(TYPES_OF_A_TABLE)) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    hasRows = TABLES.contains(row.getString(1));
                    types.put(row.getString(2), new ColumnType(row.getString(3), row.getBoolean(4)));
                }
            }
        }
        return new Table(hasRows, types);
    }

    /** Returns null if the application hands each session its connection. */
    private static @Nullable Connection connection(JdbcConnectionAccess access) throws SQLException {
        try {
            return access.obtainConnection();
        } catch (UnsupportedOperationException e) {
            return null;
        }
    }

    private void release(JdbcConnectionAccess access, @Nullable Connection connection) {
        if (connection != null) {
            try {
                access.releaseConnection(connection);
            } catch (SQLException e) {
                throw sessionFactory
                        .getJdbcServices()
                        .getSqlExceptionHelper()
                        .convert(e, "A connection could not be released");
            }
        }
    }

    private String declared(SelectableMapping column) {
        Dialect dialect = sessionFactory.getJdbcServices().getDialect();
        BasicType<?> type = (BasicType<?>) column.getJdbcMapping();
        Size size = dialect.getSizeStrategy()
                .resolveSize(
                        type.getJdbcType(),
                        type.getJavaTypeDescriptor(),
                        column.getTemporalPrecision() == null ? column.getPrecision() : column.getTemporalPrecision(),
                        column.getScale(),
                        column.getLength());
        return sessionFactory
                .getTypeConfiguration()
                .getDdlTypeRegistry()
                .getTypeName(type.getJdbcType().getDdlTypeCode(), size, (Type) type);
    }
}
