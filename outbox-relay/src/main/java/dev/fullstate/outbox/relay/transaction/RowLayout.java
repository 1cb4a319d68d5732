package dev.fullstate.outbox.relay.transaction;

import java.util.ArrayList;
import java.util.List;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.pgoutput.Tuple;
import dev.fullstate.outbox.relay.pgoutput.Tuple.Kind;
import dev.fullstate.outbox.relay.position.Position;

/** The places of the published columns in a relation's rows; they are found by name, so other columns may be added, dropped and moved. */
final class RowLayout {

    private static final List<String> COLUMNS = OutboxTable.PUBLISHED_COLUMNS;

    private final Relation relation;
    private final int[] columns;

    RowLayout(Relation relation) {
        this.relation = relation;
        this.columns = COLUMNS.stream().mapToInt(relation.columns()::indexOf).toArray();
    }

    Relation relation() {
        return relation;
    }

    /** Returns the published columns' values, as far as the row has them. */
    ReceivedRow row(Position position, int xid, Tuple tuple) {
        if (tuple.size() != relation.columns().size()) {
            throw new OutOfStepException("A row of " + relation.schema() + "." + relation.table() + " has "
                    + tuple.size() + " values, its relation "
                    + relation.columns().size() + " columns");
        }
        byte[][] values = new byte[columns.length][];
        List<String> missing = List.of();
        for (int i = 0; i < columns.length; i++) {
            Kind kind = columns[i] < 0 ? Kind.UNCHANGED : tuple.kind(columns[i]);
            if (kind == Kind.TEXT) {
                values[i] = tuple.value(columns[i]);
            } else if (kind != Kind.NULL) {
                // Nothing asks for binary values, and an inserted row comes with all of its own; if not, they are not
                // known.
                missing = missing.isEmpty() ? new ArrayList<>() : missing;
                missing.add(COLUMNS.get(i));
            }
        }
        return new ReceivedRow(position, xid, values, missing);
    }
}
