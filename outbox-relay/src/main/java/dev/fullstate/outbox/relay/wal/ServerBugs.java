package dev.fullstate.outbox.relay.wal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.fullstate.outbox.relay.failure.Warning;

/**
 * The bugs of PostgreSQL's older minor versions that a relay may meet, from the release notes of the first minor version without them
 * (postgresql.org/docs/release). All major versions are released on one day.
 */
enum ServerBugs {
    /** August 2024: "Prevent incorrect initialization of logical replication slots". */
    SLOT_INSIDE_A_TRANSACTION(
            "a new replication slot may begin inside a transaction, and lack some of its rows",
            Map.of(14, 13, 15, 8, 16, 4)),
    /** November 2024: "Fix cases where a logical replication slot's restart_lsn could go backwards". */
    RESTART_GOES_BACK(
            "the slot may ask for WAL that is removed already, and is lost then", Map.of(14, 15, 15, 10, 16, 6, 17, 2)),
    /** May 2025: "Avoid data loss when DDL operations that don't take a strong lock affect tables that are being logically replicated". */
    STALE_CATALOG(
            "rows may be missing in the stream that are written while the publication is altered",
            Map.of(14, 18, 15, 13, 16, 9, 17, 5)),
    /** August 2025: "Avoid infinite wait in logical decoding when reading a partially-written WAL record". */
    WAIT_AFTER_A_CRASH(
            "after a crash of the server the stream may wait for ever", Map.of(14, 19, 15, 14, 16, 10, 17, 6)),
    /** February 2026: "Prevent invalidation of newly created or newly synced replication slots". */
    NEW_SLOT_INVALIDATED(
            "a slot that was just created, or brought to a standby, may be lost at once",
            Map.of(15, 16, 16, 12, 17, 8, 18, 2));

    /** The factor between major and minor in {@code server_version_num}, from version 10 on. */
    private static final int MAJOR = 10_000;

    private final String consequence;

    @SuppressWarnings("ImmutableEnumChecker") // Made by Map.of.
    private final Map<Integer, Integer> mendedIn;

    /** @param mendedIn the first minor version without it, by major version; others never had it */
    ServerBugs(String consequence, Map<Integer, Integer> mendedIn) {
        this.consequence = consequence;
        this.mendedIn = mendedIn;
    }

    /**
     * Finds what may happen with a server.
     *
     * @param versionNumber its {@code server_version_num}
     */
    static Optional<Warning> of(int versionNumber) {
        int major = versionNumber / MAJOR;
        int minor = versionNumber % MAJOR;
        List<ServerBugs> found =
                List.of(values()).stream().filter(bug -> bug.isIn(major, minor)).toList();
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new Warning(
                        "PostgreSQL " + major + "." + minor + " has bugs that are mended in later minor versions: "
                                + found.stream().map(bug -> bug.consequence).collect(Collectors.joining("; ")),
                        "Update PostgreSQL to " + major + "."
                                + found.stream()
                                        .map(bug -> bug.mendedIn.get(major))
                                        .max(Integer::compare)
                                        .orElseThrow()
                                + " or later: that needs the new binaries and a restart"));
    }

    private boolean isIn(int major, int minor) {
        return minor < mendedIn.getOrDefault(major, 0);
    }
}
