package dev.fullstate.outbox.benchmarks.process;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the lines of a file that another process is still writing. It is for one thread. */
public final class LogTail implements Closeable {

    private final InputStream file;

    /** The beginning of the line that is not yet complete. */
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    private byte[] read = {};
    private int next;

    /** Begins where the file is open. */
    public LogTail(InputStream file) {
        this.file = file;
    }

    /** {@return the next line without its end, as soon as all of it was written; empty until then} */
    public Optional<String> nextLine() throws IOException {
        while (next < read.length || readMore()) {
            byte written = read[next++];
            if (written == '\n') {
                String line = begun.toString(StandardCharsets.UTF_8);
                begun.reset();
                return Optional.of(line);
            }
            begun.write(written);
        }
        return Optional.empty();
    }

    private boolean readMore() throws IOException {
        read = file.readAllBytes();
        next = 0;
        return read.length > 0;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
