package dev.fullstate.outbox.relay.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import dev.fullstate.outbox.relay.position.Lsn;

/** Reads the protocol's primitive values; no read goes beyond the message's end. */
final class MessageReader {

    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final ByteBuffer buffer;
    private final int start;
    private final char tag;

    MessageReader(ByteBuffer message) {
        buffer = message;
        start = message.position();
        if (!message.hasRemaining()) {
            throw DecodeException.malformed("A message of pgoutput is empty; expected at least its tag");
        }
        tag = (char) (message.get() & 0xFF);
    }

    char tag() {
        return tag;
    }

    byte int8(String what) {
        require(Byte.BYTES, what);
        return buffer.get();
    }

    int int16(String what) {
        require(Short.BYTES, what);
        return Short.toUnsignedInt(buffer.getShort());
    }

    int int32(String what) {
        require(Integer.BYTES, what);
        return buffer.getInt();
    }

    Lsn lsn(String what) {
        require(Long.BYTES, what);
        return new Lsn(buffer.getLong());
    }

    /** Microseconds since the beginning of the year 2000, in UTC. */
    Instant time(String what) {
        require(Long.BYTES, what);
        long micros = buffer.getLong();
        return POSTGRES_EPOCH
                .plusSeconds(Math.floorDiv(micros, MICROS_PER_SECOND))
                .plusNanos(Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO);
    }

    void skip(int byteCount, String what) {
        require(byteCount, what);
        buffer.position(buffer.position() + byteCount);
    }

    byte[] bytes(int byteCount, String what) {
        require(byteCount, what);
        byte[] bytes = new byte[byteCount];
        buffer.get(bytes);
        return bytes;
    }

    /** Reads a string that ends with a zero byte. */
    String string(String what) {
        for (int end = buffer.position(); end < buffer.limit(); end++) {
            if (buffer.get(end) == 0) {
                String string = new String(bytes(end - buffer.position(), what), StandardCharsets.UTF_8);
                buffer.get();
                return string;
            }
        }
        throw malformed(what, "a zero byte at its end, which the message lacks");
    }

    void end() {
        if (buffer.hasRemaining()) {
            throw malformed("the end of the message", "no more bytes, but there are " + buffer.remaining());
        }
    }

    DecodeException malformed(String what, String expected) {
        return DecodeException.malformed(
                "Message '" + tag + "' of pgoutput (" + (buffer.limit() - start) + " bytes) is malformed at offset "
                        + (buffer.position() - start) + ", " + what + ": expected " + expected);
    }

    private void require(int byteCount, String what) {
        if (byteCount < 0 || byteCount > buffer.remaining()) {
            throw malformed(what, byteCount + " bytes, but " + buffer.remaining() + " are left");
        }
    }
}
