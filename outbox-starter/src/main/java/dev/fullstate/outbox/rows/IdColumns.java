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
 * The columns of an id in SQL of ours. Each parameter is cast to its column's type: the driver sends dates, enums and others
 * without a type, and what a session has in memory may have more digits than the column.
 */
final class IdColumns {

    private final List<String> names;
    private final String placeholders;
    private final Type type;

    /**
     * Looks the columns up.
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

    /** The columns of a row of a table, by its alias. */
    List<String> names(String table) {
        return names.stream().map(name -> table + "." + name).toList();
    }

    /** The parameters of an id. */
    String placeholders() {
        return placeholders;
    }

    /** A table of so many ids, {@code page}, with columns {@code position}, from 0, and {@code k0} and so on. */
    String page(int count) {
        return IntStream.range(0, count)
                .mapToObj(position -> "(" + position + ", " + placeholders + ")")
                .collect(Collectors.joining(", ", "(values ", ") as page (position, " + keys("") + ")"));
    }

    /** The columns of {@link #page} that have the id. */
    private String keys(String qualifier) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> qualifier + "k" + i)
                .collect(Collectors.joining(", "));
    }

    /** The columns of a table that has been joined, with those of {@link #page} where it has no row. */
    String stored(String table) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> "coalesce(" + table + "." + names.get(i) + ", page.k" + i + ")")
                .collect(Collectors.joining(", "));
    }

    /** The condition that a row has the id of a row of {@link #page}, or of what was selected from that. */
    String isOnPage(String table, String page) {
        return "(" + columns(table) + ") = (" + keys(page + ".") + ")";
    }

    /** The condition that a row has the id that is bound. */
    String isBound() {
        return "(" + String.join(", ", names) + ") = (" + placeholders + ")";
    }

    /** The columns of a table. */
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

    /** Binds the ids of a {@link #page}; returns the index after the last parameter. */
    int bind(PreparedStatement statement, int index, List<?> ids, SharedSessionContractImplementor session)
            throws SQLException {
        int next = index;
        for (Object id : ids) {
            next = bind(statement, next, id, session);
        }
        return next;
    }
}
