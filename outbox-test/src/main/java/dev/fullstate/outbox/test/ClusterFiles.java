package dev.fullstate.outbox.test;

import java.io.IOException;
import java.nio.file.Path;

/** The files of a PostgreSQL server that there was before: a backup, a snapshot of its storage, the beginning of a standby. */
@FunctionalInterface
public interface ClusterFiles {

    /**
     * Writes the files of a data directory, without {@code postmaster.pid}.
     *
     * @param folder is there, and empty
     */
    void writeTo(Path folder) throws IOException;
}
