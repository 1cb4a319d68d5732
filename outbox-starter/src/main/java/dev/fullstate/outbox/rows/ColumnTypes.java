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
            select attname,
                   case when atttypid = 'varchar'::regtype then format_type(atttypid, null) else format_type(atttypid, atttypmod) end,
                   coalesce(collisdeterministic, true)
              from pg_attribute left join pg_collation c on c.oid = attcollation
             where attrelid = to_regclass(?) and attnum > 0 and not attisdropped
            """;

    private final SessionFactoryImplementor sessionFactory;

    /**
     * Tables that were asked for; empty for a table that does not exist yet, which is not asked for again. Used while the start
     * resolves.
     */
    private final Map<String, Map<String, ColumnType>> byTable = new HashMap<>();

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
        ColumnType type = byTable.computeIfAbsent(table, this::read).get(unquoted(column.getSelectionExpression()));
        return type == null ? new ColumnType(declared(column), false) : type;
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

    private Map<String, ColumnType> read(String table) {
        if (table.startsWith("(")) {
            return Map.of(); // A query stands for the table.
        }
        JdbcConnectionAccess access = sessionFactory.getJdbcServices().getBootstrapJdbcConnectionAccess();
        Connection connection = null;
        try {
            connection = connection(access);
            return connection == null ? Map.of() : read(connection, table);
        } catch (SQLException e) {
            throw sessionFactory
                    .getJdbcServices()
                    .getSqlExceptionHelper()
                    .convert(e, "The types of the columns of " + table + " could not be read");
        } finally {
            release(access, connection);
        }
    }

    private static Map<String, ColumnType> read(Connection connection, String table) throws SQLException {
        Map<String, ColumnType> types = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(TYPES_OF_A_TABLE)) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    types.put(row.getString(1), new ColumnType(row.getString(2), row.getBoolean(3)));
                }
            }
        }
        return types;
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
