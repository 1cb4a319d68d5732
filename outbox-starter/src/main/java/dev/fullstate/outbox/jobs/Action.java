package dev.fullstate.outbox.jobs;

import java.util.Locale;

/** What can be done to a job. */
enum Action {
    START,
    PAUSE,
    RESUME,
    CANCEL;

    /** As the column {@code action} and the audit log have it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
