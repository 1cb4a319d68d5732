package dev.fullstate.outbox.relay.wal;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.parking.Command;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;

/** The rows of parked aggregates, and the tables beside the outbox in which people see them and ask for something. Used by one thread. */
public interface ParkingTables {

    /** Returns what keeps the relay from parking anything: the tables are missing, or the right to write them; null if nothing does. */
    @Nullable
    Warning obstacle();

    /** Returns what keeps the relay from following a command to accept a position; null if nothing does. */
    @Nullable
    Warning obstacleToAccepting();

    /**
     * Reads the next rows of an aggregate that wait: the next single one or, behind them, some of its range in the order of their numbers.
     *
     * @param singles the numbers of all single rows that wait, which are no rows of a range, whatever they say of their aggregate now
     * @throws WalException if the table cannot be read
     */
    Rows rows(ParkedAggregate aggregate, List<Long> singles);

    /** Tells whether a row is in the table: a commit is in the WAL before others see what it has written, long before where it waits for a standby. */
    boolean isVisible(long seq);

    /** Returns a mark of the transactions that are running now. */
    long running();

    /** {@return whether all transactions of a mark have ended} */
    boolean haveEnded(long running);

    /** Returns the commands for parked aggregates that were not followed, in their order, as many as fit. */
    List<Command> commands();

    /** Returns the commands to accept a position of the slot that were not followed, in their order. */
    List<Command> acceptances();

    /** Notes that a command was followed. */
    void done(Command command, String outcome);

    /** Notes which aggregates are parked according to the position that Kafka has. */
    void note(Parked parked);

    /** Returns the aggregates that were noted last. */
    List<ParkedAggregate> noted();

    /**
     * Some rows.
     *
     * @param values those of the published columns, for each row
     * @param through nothing else that waits has a number up to this one
     */
    record Rows(List<byte[] @Nullable []> values, long through) {

        public Rows {
            values = List.copyOf(values);
        }
    }
}
