package dev.fullstate.outbox.aggregate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.hibernate.metamodel.mapping.SelectableMapping;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL makes of a value when it stores it: rounds timestamps to the column's precision, numbers to its scale,
 * pads {@code char(n)}. Asked of the catalogue, because a schema that is kept by migrations need not agree with the mapping.
 */
final class StoredTypes {

    private static final Pattern MODIFIER = Pattern.compile("\\((\\d+)(?:,(-?\\d+))?\\)");
    private static final int MICROSECOND_DIGITS = 6;

    private static final String COLUMNS = """
            select attname, format_type(atttypid, atttypmod)
            from pg_attribute
            where attrelid = to_regclass(?) and attnum > 0 and not attisdropped
            """;

    private final DataSource dataSource;
    private final Map<String, Map<String, String>> typesByTable = new HashMap<>();

    StoredTypes(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** What storing does to a value of this column; the identity where it does nothing. */
    UnaryOperator<Object> of(SelectableMapping column) {
        String table = column.getContainingTableExpression();
        String type =
                typesByTable.computeIfAbsent(table, this::readColumns).get(unquote(column.getSelectionExpression()));
        return type == null ? UnaryOperator.identity() : of(type);
    }

    static UnaryOperator<Object> of(String type) {
        Matcher modifier = MODIFIER.matcher(type);
        boolean modified = modifier.find();
        if (type.startsWith("numeric")) {
            return modified
                    ? value -> value instanceof BigDecimal number ? scaled(number, scale(modifier.group(2))) : value
                    : UnaryOperator.identity();
        }
        if (type.startsWith("timestamp") || type.startsWith("time")) {
            int digits = modified ? Integer.parseInt(modifier.group(1)) : MICROSECOND_DIGITS;
            return value -> value instanceof Temporal temporal ? rounded(temporal, digits) : value;
        }
        if (type.startsWith("character(") && modified) {
            int length = Integer.parseInt(modifier.group(1));
            return value -> value instanceof String text ? padded(text, length) : value;
        }
        return UnaryOperator.identity();
    }

    private static int scale(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static BigDecimal scaled(BigDecimal number, int scale) {
        return number.setScale(scale, RoundingMode.HALF_UP);
    }

    /** Instants with an offset come back from the database in some time zone; in events they are UTC. */
    private static Object rounded(Temporal temporal, int digits) {
        if (temporal instanceof OffsetDateTime dateTime) {
            return round(dateTime.withOffsetSameInstant(ZoneOffset.UTC), digits);
        }
        if (temporal instanceof ZonedDateTime dateTime) {
            return round(dateTime.withZoneSameInstant(ZoneOffset.UTC), digits);
        }
        if (temporal instanceof Instant || temporal instanceof LocalDateTime || temporal instanceof LocalTime) {
            return round(temporal, digits);
        }
        return temporal;
    }

    /** The driver rounds to microseconds first, the server then to the column's precision; both half up. */
    private static Temporal round(Temporal temporal, int digits) {
        Temporal micros = roundTo(temporal, 1_000);
        return digits == MICROSECOND_DIGITS ? micros : roundTo(micros, (long) Math.pow(10, 9 - digits));
    }

    private static Temporal roundTo(Temporal temporal, long unitNanos) {
        long nanos = temporal.getLong(ChronoField.NANO_OF_SECOND);
        long rounded = (nanos + unitNanos / 2) / unitNanos * unitNanos;
        return temporal.plus(rounded - nanos, ChronoUnit.NANOS);
    }

    private static String padded(String text, int length) {
        int missing = length - text.codePointCount(0, text.length());
        return missing > 0 ? text + " ".repeat(missing) : text;
    }

    private Map<String, String> readColumns(String table) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, table);
            Map<String, String> types = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    types.put(row.getString(1), row.getString(2));
                }
            }
            return types;
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot read the column types of table " + table, e);
        }
    }

    private static String unquote(String column) {
        return column.startsWith("\"")
                ? column.substring(1, column.length() - 1).replace("\"\"", "\"")
                : column.toLowerCase(Locale.ROOT);
    }
}
