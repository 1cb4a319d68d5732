package dev.fullstate.outbox.test;

import java.io.IOException;
import java.nio.file.Path;

/** The files of another PostgreSQL server: a backup, a snapshot of its storage, the beginning of a standby. */
@FunctionalInterface
public interface ClusterFiles {

    /**
     * Writes the files of a data directory, without {@code postmaster.pid}.
     *
     * @param folder exists, and is empty
     */
    void writeTo(Path folder) throws IOException;
}
