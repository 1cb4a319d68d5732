package dev.fullstate.outbox.relay.transaction;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.pgoutput.Tuple;

/** Where the published columns are in a relation's rows; they are found by name, so others may come, go and move. */
final class RowLayout {

    private final Relation relation;
    private final int[] columns;

    RowLayout(Relation relation) {
        this.relation = relation;
        this.columns = OutboxTable.PUBLISHED_COLUMNS.stream()
                .mapToInt(relation.columns()::indexOf)
                .toArray();
        List<String> missing = new ArrayList<>(OutboxTable.PUBLISHED_COLUMNS);
        missing.removeAll(relation.columns());
        if (!missing.isEmpty()) {
            throw new UnpublishableRowException("Table " + name() + " is published without the columns " + missing
                    + "; restore them, or remove the publication's column list. Until then nothing more is published");
        }
    }

    /** The values of the published columns, in the contract's order. */
    byte[] @Nullable [] row(Tuple tuple) {
        if (tuple.size() != relation.columns().size()) {
            throw new UnpublishableRowException("Row of table " + name() + " has " + tuple.size()
                    + " values, its relation " + relation.columns().size() + " columns");
        }
        byte[][] row = new byte[columns.length][];
        for (int i = 0; i < columns.length; i++) {
            row[i] = bytes(tuple.value(columns[i]), i);
        }
        return row;
    }

    private byte @Nullable [] bytes(Tuple.Value value, int column) {
        return switch (value.kind()) {
            case NULL -> null;
            case TEXT -> value.bytes();
            // Neither can be: nothing asks for binary values, and an inserted row comes with all of its values.
            case UNCHANGED, BINARY ->
                throw new UnpublishableRowException("Column '"
                        + OutboxTable.PUBLISHED_COLUMNS.get(column) + "' of table " + name() + " came as "
                        + value.kind()
                        + "; expected text");
        };
    }

    private String name() {
        return relation.schema() + "." + relation.table();
    }
}
