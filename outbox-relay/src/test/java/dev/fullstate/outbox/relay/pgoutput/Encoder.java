package dev.fullstate.outbox.relay.pgoutput;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.pgoutput.Message.Begin;
import dev.fullstate.outbox.relay.pgoutput.Message.Commit;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;

/** Writes messages as the manual describes them. */
public final class Encoder {

    /** The protocol counts times from here. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private static final int FIRST_SIZE = 512;

    private Encoder() {}

    public static ByteBuffer begin(Begin begin) {
        return message('B', out -> {
            out.putLong(begin.commitLsn().value());
            out.putLong(0);
            out.putInt(begin.xid());
        });
    }

    public static ByteBuffer commit(Commit commit) {
        return message('C', out -> {
            out.put((byte) 0);
            out.putLong(commit.commitLsn().value());
            out.putLong(commit.endLsn().value());
            out.putLong(ChronoUnit.MICROS.between(EPOCH, commit.committedAt()));
        });
    }

    public static ByteBuffer relation(Relation relation) {
        return message('R', out -> {
            out.putInt(relation.oid());
            string(out, relation.schema());
            string(out, relation.table());
            out.put((byte) 'd');
            out.putShort((short) relation.columns().size());
            for (String column : relation.columns()) {
                out.put((byte) 0);
                string(out, column);
                out.putInt(25);
                out.putInt(-1);
            }
        });
    }

    /** Encodes a row of text values. */
    public static ByteBuffer insert(int relationOid, List<byte @Nullable []> values) {
        return message('I', out -> {
            out.putInt(relationOid);
            out.put((byte) 'N');
            out.putShort((short) values.size());
            for (byte[] value : values) {
                out.put((byte) (value == null ? 'n' : 't'));
                if (value != null) {
                    out.putInt(value.length);
                    out.put(value);
                }
            }
        });
    }

    private static ByteBuffer message(char tag, Consumer<ByteBuffer> body) {
        int size = FIRST_SIZE;
        while (true) {
            try {
                ByteBuffer out = ByteBuffer.allocate(size).put((byte) tag);
                body.accept(out);
                return out.flip();
            } catch (BufferOverflowException e) {
                size *= 2;
            }
        }
    }

    private static void string(ByteBuffer out, String string) {
        out.put(string.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
    }
}
