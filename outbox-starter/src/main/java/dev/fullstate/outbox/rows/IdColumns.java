package dev.fullstate.outbox.rows;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.ColumnTypes.ColumnType;

/**
 * The columns of an id in our SQL. Each parameter is cast to its column's type: the driver sends dates, enums and others without
 * a type, and an id in memory may have more digits than the column (docs/adr/0018).
 */
final class IdColumns {

    private final List<String> names;
    private final String placeholders;
    private final Type type;

    /**
     * Reads the types of the columns.
     *
     * @param table that has them
     * @param type of the ids
     */
    IdColumns(String table, List<? extends SelectableMapping> columns, Type type, ColumnTypes types) {
        this.names =
                columns.stream().map(SelectableMapping::getSelectionExpression).toList();
        this.placeholders = columns.stream()
                .map(column -> types.of(table, column))
                .map(ColumnType::sql)
                .map(sql -> "cast(? as " + sql + ")")
                .collect(Collectors.joining(", "));
        this.type = type;
    }

    /** Returns the columns, qualified by the alias of a table. */
    List<String> names(String table) {
        return names.stream().map(name -> table + "." + name).toList();
    }

    /** Returns the parameters of an id. */
    String placeholders() {
        return placeholders;
    }

    /**
     * Returns a table of so many ids as parameters: {@code page}, with the columns {@code position}, from 0, and {@code k0},
     * {@code k1} and so on.
     */
    String page(int count) {
        return IntStream.range(0, count)
                .mapToObj(position -> "(" + position + ", " + placeholders + ")")
                .collect(Collectors.joining(", ", "(values ", ") as page (position, " + keys("") + ")"));
    }

    /** Returns the columns of {@link #page} that have the id. */
    private String keys(String qualifier) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> qualifier + "k" + i)
                .collect(Collectors.joining(", "));
    }

    /** Returns the columns of a joined table, or those of {@link #page} where the table has no row. */
    String stored(String table) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> "coalesce(" + table + "." + names.get(i) + ", page.k" + i + ")")
                .collect(Collectors.joining(", "));
    }

    /** Returns the condition that a row has the id of a row of {@link #page}, or of a selection from it. */
    String isOnPage(String table, String page) {
        return "(" + columns(table) + ") = (" + keys(page + ".") + ")";
    }

    /** Returns the condition that a row has the id that is bound. */
    String isBound() {
        return "(" + String.join(", ", names) + ") = (" + placeholders + ")";
    }

    /** Returns the columns, qualified by the alias of a table and joined by commas. */
    String columns(String table) {
        return String.join(", ", names(table));
    }

    /**
     * Binds an id, or null.
     *
     * @param index of its first parameter
     * @return the index after its last one
     */
    int bind(PreparedStatement statement, int index, @Nullable Object id, SharedSessionContractImplementor session)
            throws SQLException {
        type.nullSafeSet(statement, id, index, session);
        return index + names.size();
    }

    /**
     * Binds the ids of a {@link #page}.
     *
     * @return the index after the last parameter
     */
    int bind(PreparedStatement statement, int index, List<?> ids, SharedSessionContractImplementor session)
            throws SQLException {
        int next = index;
        for (Object id : ids) {
            next = bind(statement, next, id, session);
        }
        return next;
    }
}
