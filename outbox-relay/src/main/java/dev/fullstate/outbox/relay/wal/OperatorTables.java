package dev.fullstate.outbox.relay.wal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.parking.Command;
import dev.fullstate.outbox.relay.parking.Command.Kind;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Snapshot;

/**
 * What operators see of a pipeline, and the place where they ask for something: the same for each instance of the relay, whichever has the
 * slot. Used by any thread.
 */
public interface OperatorTables {

    /** Returns the tables of the database that is reached with these settings. */
    static OperatorTables of(WalSettings settings) {
        return new PostgresOperatorTables(settings);
    }

    /**
     * Returns the parked aggregates as of the relay's last note, the oldest first.
     *
     * @throws WalException if the database does not answer, or has no such tables
     */
    List<ParkedAggregate> parked();

    /**
     * Asks for something, and returns at once: the relay that has the slot follows within a few seconds.
     *
     * @param type of the aggregates; null for all
     * @param id of the aggregate; null for all of the type
     * @param first the aggregate's first number, without which the command is not for it; null for any
     * @throws WalException if the database does not answer, or has no such tables
     */
    Asked ask(Kind kind, @Nullable String type, @Nullable String id, @Nullable Long first, String requestedBy);

    /**
     * Asks the relay to go on where the slot is confirmed, and to count everything that was committed before as published.
     *
     * @param slotPosition to which the command applies
     * @return empty if the slot is not confirmed just there, or a relay streams from it; then nothing was asked
     * @throws WalException if the database does not answer, has no such tables, or the relay's role may not use them
     */
    Optional<Asked> accept(Lsn slotPosition, String requestedBy);

    /**
     * Returns the pipeline as the database shows it now, whichever instance publishes it.
     *
     * @throws WalException if the database does not answer
     */
    PipelineStatus status();

    /**
     * A pipeline.
     *
     * @param pipeline the name of the slot
     * @param written where the WAL ends
     * @param confirmed up to where everything is published and confirmed; null if there is no slot
     * @param active whether a relay streams now
     * @param walStatus PostgreSQL's, of the slot; null if there is none
     * @param retainedBytes of WAL that the slot keeps; null if there is none
     * @param paused whether operators have paused it
     * @param parkedAggregates that wait for an operator
     * @param parkedEvents of these aggregates
     * @param table what is published of the table; null unless that is the source
     */
    record PipelineStatus(
            String pipeline,
            Lsn written,
            @Nullable Lsn confirmed,
            boolean active,
            @Nullable String walStatus,
            @Nullable Long retainedBytes,
            boolean paused,
            int parkedAggregates,
            long parkedEvents,
            @Nullable PublishedTable table) {

        /** Returns whether everything is published, and confirmed or noted, that was committed at an earlier status. */
        public boolean hasReached(PipelineStatus earlier) {
            if (table != null && earlier.table != null) {
                return table.hasReached(earlier.table);
            }
            return confirmed != null && !earlier.written.isAfter(confirmed);
        }

        /** Says why a position of the slot could not be accepted. */
        public String whyNotAccepted(Lsn slotPosition) {
            if (active) {
                return "A relay streams from slot '" + pipeline + "', so there is nothing to accept";
            }
            if ("lost".equals(walStatus)) {
                return "The server has given up slot '" + pipeline + "', so its position cannot be accepted";
            }
            return confirmed == null
                    ? "There is no slot '" + pipeline + "', and so no position to accept"
                    : "Slot '" + pipeline + "' is confirmed up to " + confirmed + ", not up to " + slotPosition
                            + ": look again at what would be accepted";
        }
    }

    /**
     * The progress of a relay that reads the table.
     *
     * @param now the present snapshot
     * @param noted the one up to which the relay has noted that everything is published
     * @param anyWaiting whether there is a row that it does not show
     */
    record PublishedTable(Snapshot now, Snapshot noted, boolean anyWaiting) {

        private boolean hasReached(PublishedTable earlier) {
            // The relay notes nothing while nothing is written.
            return !anyWaiting || noted.shows(earlier.now);
        }
    }

    /** Returns the commands of the pipeline, the last ones first. */
    List<Asked> commands();

    /** Returns a command of the pipeline. */
    Optional<Asked> command(long number);

    /**
     * A command, and what became of it.
     *
     * @param outcome null until the relay has followed it
     * @param doneAt null until then
     */
    record Asked(
            Command command,
            Instant createdAt,
            @Nullable String outcome,
            @Nullable Instant doneAt) {

        /** Returns whether a relay has done what was asked for, and not refused it. */
        public boolean isFollowed() {
            return outcome != null && (command.kind() != Kind.ACCEPT || outcome.startsWith(Command.FOLLOWED));
        }
    }
}
