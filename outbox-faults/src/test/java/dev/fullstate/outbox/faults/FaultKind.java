package dev.fullstate.outbox.faults;

/** What can happen in a random run. */
enum FaultKind {
    KILL_RELAY,
    HALT_AT_POINT,
    THROW_AT_POINT,
    PAUSE_RELAY,
    TERMINATE_WAL_SENDER,
    CUT_POSTGRES,
    CUT_KAFKA,
    BLACK_HOLE,
    THROTTLE,
    KILL_BROKER,
    END_POSTGRES,
    TWO_RELAYS
}
