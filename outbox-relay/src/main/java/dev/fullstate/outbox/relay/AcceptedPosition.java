package dev.fullstate.outbox.relay;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.history.Finding;
import dev.fullstate.outbox.relay.history.History;
import dev.fullstate.outbox.relay.parking.Command;
import dev.fullstate.outbox.relay.position.Behind;
import dev.fullstate.outbox.relay.position.Extent;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.Origin;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.ParkingTables;

/**
 * The position of the slot, which an operator has accepted as that of the pipeline: everything that was committed before it counts as published,
 * and the relay fills nothing (ADR 37).
 */
final class AcceptedPosition {

    private static final Logger audit = LoggerFactory.getLogger("dev.fullstate.outbox.audit");

    private final ParkingTables tables;
    private final Command command;
    private final ResumePoint point;

    private AcceptedPosition(ParkingTables tables, Command command, ResumePoint point) {
        this.tables = tables;
        this.command = command;
        this.point = point;
    }

    /**
     * Takes the command that accepts just the position that the slot has now, and marks all others as of no use any more: none of them may meet a
     * later situation.
     *
     * @param recorded the position that Kafka has; null if it has none
     * @return null without such a command, or if there is nothing to accept
     */
    static @Nullable AcceptedPosition take(
            Connected connected, @Nullable ResumePoint recorded, Facts facts, Finding finding) {
        ParkingTables tables = connected.subscription().parkingTables();
        if (tables.obstacle() != null) {
            return null;
        }
        Lsn acceptable = History.acceptable(finding, recorded, facts);
        String obstacle = History.whyNotAcceptable(finding, recorded, facts);
        Command taken = null;
        for (Command command : tables.acceptances()) {
            String refusal = obstacle == null ? refusal(command, acceptable, taken) : obstacle;
            if (refusal == null) {
                taken = command;
            } else {
                done(tables, command, refusal);
            }
        }
        return taken == null || acceptable == null
                ? null
                : new AcceptedPosition(tables, taken, point(acceptable, recorded, newest(connected), facts.origin()));
    }

    private static @Nullable String refusal(Command command, @Nullable Lsn acceptable, @Nullable Command taken) {
        if (command.expired()) {
            return "not followed: it is older than 10 minutes; ask again";
        }
        if (acceptable == null || !acceptable.equals(command.slotPosition())) {
            return "not followed: the slot is confirmed up to " + acceptable;
        }
        return taken == null ? null : "not followed: an earlier command has asked for the same";
    }

    /**
     * Returns the newest row of the table: no row before the slot has a higher number, and the stream brings such rows again if the slot goes back.
     *
     * @return null without rows, and where the newest one is parked or given up, which the record about parked aggregates knows
     */
    private static @Nullable Newest newest(Connected connected) {
        Newest newest = connected.subscription().retainedRows().newest();
        return newest == null
                        || newest.seq()
                                <= connected.publisher().recordedParking().highest()
                ? null
                : newest;
    }

    /**
     * Returns the recorded position, moved to that of the slot where it is less: some types may be published further than others.
     *
     * @param newest row that counts as published; null if there is none
     */
    static ResumePoint point(Lsn accepted, @Nullable ResumePoint recorded, @Nullable Newest newest, Origin origin) {
        Extent slot = new Extent(accepted, null);
        Numbers before = recorded == null ? Numbers.NONE : recorded.numbers();
        Numbers numbers = newest == null ? before : before.with(newest.seq(), newest.id());
        if (recorded == null) {
            return new ResumePoint(accepted, null, origin, numbers);
        }
        Extent all = recorded.extent().furthest(slot);
        Map<String, Extent> behind = new HashMap<>();
        recorded.behind().types().forEach((type, extent) -> {
            if (extent.furthest(slot).isBefore(all)) {
                behind.put(type, extent.furthest(slot));
            }
        });
        return new ResumePoint(all.through(), all.within(), origin, numbers).with(new Behind(behind));
    }

    ResumePoint point() {
        return point;
    }

    Warning warning() {
        return new Warning(
                "Everything that was committed before " + command.slotPosition()
                        + " counts as published, as " + command.requestedBy()
                        + " has asked: what Kafka lacks of it is not published",
                "None; to have consumers get it all the same, republish");
    }

    /** Marks the command, once Kafka has the position. */
    void noteFollowed() {
        done(
                tables,
                command,
                Command.FOLLOWED + ": everything before " + command.slotPosition() + " counts as published");
    }

    private static void done(ParkingTables tables, Command command, String outcome) {
        audit.info("{}: {}", command, outcome);
        tables.done(command, outcome);
    }
}
