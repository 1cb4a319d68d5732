package dev.fullstate.outbox.benchmarks.limit;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads the rows of a slot and drops them: the server's walsender can give no more, so this is the upper limit of all readers of the slot.
 * Prints {@code ROWS <count> <milliseconds since the epoch>} at the first row, at every thousandth, and when no more arrive.
 */
final class SlotOnly {

    private static final long IDLE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final int STEP = 1_000;

    private SlotOnly() {}

    public static void main(String[] arguments) throws SQLException {
        try (SlotReader reader = SlotReader.open(arguments[0], arguments[1], arguments[2], arguments[3])) {
            long count = 0;
            long printed = 0;
            while (!Thread.currentThread().isInterrupted()) {
                ByteBuffer message = reader.read();
                if (message != null && message.get(message.position()) == 'I') {
                    count++;
                }
                boolean idle = message == null;
                if (count > printed && (idle || count == 1 || count % STEP == 0)) {
                    System.out.printf("ROWS %d %d%n", count, System.currentTimeMillis());
                    printed = count;
                }
                if (idle) {
                    LockSupport.parkNanos(IDLE_NANOS);
                }
            }
        }
    }
}
