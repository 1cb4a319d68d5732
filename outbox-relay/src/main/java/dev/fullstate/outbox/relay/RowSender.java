package dev.fullstate.outbox.relay;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.failure.Wording;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.ReceivedRow;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;
import dev.fullstate.outbox.relay.wal.CurrentRows;
import dev.fullstate.outbox.relay.wal.WalStream;

/**
 * Sends each row as the stream has it or, if that cannot be published, as it is in the table now (ADR 24): a correction or a deletion there
 * counts for rows that are in the stream already. A row that cannot be published either way is given up.
 */
final class RowSender {

    private static final Logger log = LoggerFactory.getLogger(RowSender.class);

    private final WalStream stream;
    private final CurrentRows table;
    private final BoundedLog boundedLog;
    private final Consumer<CommittedEvent> send;
    private final BiConsumer<ReceivedRow, UnpublishableRowException> giveUp;

    /**
     * @param send sends an event, or throws {@link UnpublishableRowException} and has done nothing
     * @param giveUp takes a row that cannot be published, as it is in the table
     */
    RowSender(
            WalStream stream,
            BoundedLog boundedLog,
            Consumer<CommittedEvent> send,
            BiConsumer<ReceivedRow, UnpublishableRowException> giveUp) {
        this.stream = stream;
        this.table = stream.currentRows();
        this.boundedLog = boundedLog;
        this.send = send;
        this.giveUp = giveUp;
    }

    /** Returns whether the rows of a relation are the outbox's. The stream has those of other tables if a publication had more than one. */
    boolean isOfOutbox(Relation relation) {
        if (table.belongsToOutbox(relation.oid(), relation.schema(), relation.table())) {
            return true;
        }
        stream.requirePublication();
        log.warn(
                "The stream has rows of {}.{}, which is not the outbox {}; the relay ignores them",
                relation.schema(),
                relation.table(),
                table.table());
        return false;
    }

    void send(ReceivedRow row) {
        try {
            send.accept(row.event());
        } catch (UnpublishableRowException asItCame) {
            CurrentRows.Found current = table.find(row.values(), row.xid());
            if (current == null) {
                passOver(asItCame);
            } else {
                sendAsItIs(row.with(current.values(), current.missing()));
            }
        }
    }

    private void sendAsItIs(ReceivedRow current) {
        try {
            send.accept(current.event());
        } catch (UnpublishableRowException e) {
            giveUp.accept(current, e.in(table.table()));
        }
    }

    /** Tells whether a row was deleted since it was written. */
    boolean isDeleted(ReceivedRow row) {
        return table.find(row.values(), row.xid()) == null;
    }

    private void passOver(UnpublishableRowException asItCame) {
        // If the publication had another table now, the row would be missing there too.
        stream.requirePublication();
        boundedLog.warn(Wording.sentence(String.valueOf(asItCame.getMessage())) + " It was deleted in " + table.table()
                + " since, and the relay ignores it");
    }
}
