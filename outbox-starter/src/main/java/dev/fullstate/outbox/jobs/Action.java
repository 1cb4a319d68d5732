package dev.fullstate.outbox.jobs;

import java.util.Locale;

/** The changes that callers make to a job. */
enum Action {
    START,
    PAUSE,
    RESUME,
    CANCEL;

    /** Returns the action as the column {@code action} and the audit log have it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
