package dev.fullstate.outbox.relay.pgoutput;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.pgoutput.Message.Begin;
import dev.fullstate.outbox.relay.pgoutput.Message.Commit;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;

/** Writes messages as the manual describes them. */
public final class Encoder {

    /** Times count from here. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private Encoder() {}

    public static ByteBuffer begin(Begin begin) {
        return message('B', out -> {
            out.writeLong(begin.commitLsn().value());
            out.writeLong(0);
            out.writeInt(begin.xid());
        });
    }

    public static ByteBuffer commit(Commit commit) {
        return message('C', out -> {
            out.writeByte(0);
            out.writeLong(commit.commitLsn().value());
            out.writeLong(commit.endLsn().value());
            out.writeLong(ChronoUnit.MICROS.between(EPOCH, commit.committedAt()));
        });
    }

    public static ByteBuffer relation(Relation relation) {
        return message('R', out -> {
            out.writeInt(relation.oid());
            string(out, relation.schema());
            string(out, relation.table());
            out.writeByte('d');
            out.writeShort(relation.columns().size());
            for (String column : relation.columns()) {
                out.writeByte(0);
                string(out, column);
                out.writeInt(25);
                out.writeInt(-1);
            }
        });
    }

    /** A row of text values. */
    public static ByteBuffer insert(int relationOid, List<byte @Nullable []> values) {
        return message('I', out -> {
            out.writeInt(relationOid);
            out.writeByte('N');
            out.writeShort(values.size());
            for (byte[] value : values) {
                out.writeByte(value == null ? 'n' : 't');
                if (value != null) {
                    out.writeInt(value.length);
                    out.write(value);
                }
            }
        });
    }

    private static ByteBuffer message(char tag, Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(tag);
            body.write(out);
            return ByteBuffer.wrap(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void string(DataOutputStream out, String string) throws IOException {
        out.write(string.getBytes(StandardCharsets.UTF_8));
        out.writeByte(0);
    }

    private interface Body {

        void write(DataOutputStream out) throws IOException;
    }
}
