package dev.fullstate.outbox.faults;

/** The kinds of faults in a random run. */
enum FaultKind {
    KILL_RELAY(To.RELAY),
    HALT_AT_POINT(To.RELAY),
    THROW_AT_POINT(To.RELAY),
    PAUSE_RELAY(To.RELAY),
    REPLACE_RELAY(To.RELAY),
    TERMINATE_WAL_SENDER(To.SURROUNDINGS),
    CUT_POSTGRES(To.SURROUNDINGS),
    CUT_KAFKA(To.SURROUNDINGS),
    BLACK_HOLE(To.SURROUNDINGS),
    THROTTLE(To.SURROUNDINGS),
    KILL_BROKER(To.SURROUNDINGS),
    END_POSTGRES(To.SURROUNDINGS),
    FAIL_WHILE_FILLING(To.DATABASE),
    DROP_SLOT(To.DATABASE),
    RECREATE_SLOT(To.DATABASE),
    ADVANCE_SLOT(To.DATABASE),
    RECREATE_PUBLICATION(To.DATABASE),
    TAKE_TABLE_OUT_OF_PUBLICATION(To.DATABASE),
    SWITCH_INSERTS_OFF(To.DATABASE),
    ADD_COLUMN(To.DATABASE),
    DROP_COLUMN(To.DATABASE),
    ROLL_BACK_LARGE(To.DATABASE),
    PROMOTE_STANDBY(To.DATABASE),
    PROMOTE_LAGGING_STANDBY(To.DATABASE),
    RESTORE_BACKUP(To.DATABASE),
    RESTORE_BACKUP_AND_ARCHIVE(To.DATABASE),
    RESTORE_STORAGE(To.DATABASE);

    /** The parts that a fault may strike. */
    private enum To {
        /** A relay has to run. */
        RELAY,
        /** Servers and network keep their identity. */
        SURROUNDINGS,
        /** The database, the slot or the publication may not be what they were. */
        DATABASE
    }

    private final To to;

    FaultKind(To to) {
        this.to = to;
    }

    boolean isOfARelay() {
        return to == To.RELAY;
    }

    /** {@return whether the relay may find that its position does not fit the database any more} */
    boolean leavesAGap() {
        return to == To.DATABASE;
    }
}
