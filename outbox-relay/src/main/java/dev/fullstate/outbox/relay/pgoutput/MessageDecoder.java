package dev.fullstate.outbox.relay.pgoutput;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import dev.fullstate.outbox.relay.pgoutput.Message.Begin;
import dev.fullstate.outbox.relay.pgoutput.Message.Commit;
import dev.fullstate.outbox.relay.pgoutput.Message.Insert;
import dev.fullstate.outbox.relay.pgoutput.Message.Other;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.pgoutput.Tuple.Kind;
import dev.fullstate.outbox.relay.position.Lsn;

/** Decodes {@code pgoutput}, protocol version 1, one message at a time and without any memory of earlier ones. */
public final class MessageDecoder {

    private static final String READ = "B, C, R, I, or one without an inserted row: U, D, T, Y, O, M, A, r";
    private static final String REPORT = "Report it with the server's version (select version())";
    private static final String NEW_SLOT =
            "The slot was made with two_phase; the relay makes one without it, once this one is"
                    + " gone: select pg_drop_replication_slot(...)";

    /**
     * Decodes one message, from the buffer's position to its limit.
     *
     * @throws DecodeException if the bytes are not exactly one message of the protocol
     */
    public Message decode(ByteBuffer message) {
        MessageReader in = new MessageReader(message);
        return switch (in.tag()) {
            case 'I' -> insert(in);
            case 'B' -> begin(in);
            case 'C' -> commit(in);
            case 'R' -> relation(in);
            // The last two say that something was rolled back. PostgreSQL 18 sends A unasked: for each subtransaction
            // of a transaction that had outgrown logical_decoding_work_mem when it was found to be rolled back.
            case 'U', 'D', 'T', 'Y', 'O', 'M', 'A', 'r' -> new Other(in.tag());
            case 'S', 'E', 'c', 'p' ->
                throw DecodeException.unasked(in.tag(), "the streaming of transactions in progress", REPORT);
            case 'b', 'P', 'K' -> throw DecodeException.unasked(in.tag(), "two-phase decoding", NEW_SLOT);
            default -> throw in.malformed("tag", "a message of protocol version 1, one of " + READ);
        };
    }

    private Begin begin(MessageReader in) {
        Lsn commitLsn = in.lsn("commit LSN");
        in.skip(Long.BYTES, "commit time");
        int xid = in.int32("transaction id");
        in.end();
        return new Begin(commitLsn, xid);
    }

    private Commit commit(MessageReader in) {
        in.skip(Byte.BYTES, "flags");
        Commit commit = new Commit(in.lsn("commit LSN"), in.lsn("end LSN"), in.time("commit time"));
        in.end();
        return commit;
    }

    private Relation relation(MessageReader in) {
        int oid = in.int32("relation oid");
        String schema = in.string("schema");
        String table = in.string("table");
        in.skip(Byte.BYTES, "replica identity");
        int count = in.int16("column count");
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            in.skip(Byte.BYTES, "column flags");
            columns.add(in.string("column name"));
            in.skip(2 * Integer.BYTES, "column type and modifier");
        }
        in.end();
        // The protocol writes pg_catalog as an empty string; no other schema can have that name.
        return new Relation(oid, schema.isEmpty() ? "pg_catalog" : schema, table, columns);
    }

    private Insert insert(MessageReader in) {
        int relationOid = in.int32("relation oid");
        if (in.int8("tuple tag") != 'N') {
            throw in.malformed("tuple tag", "'N', a new row");
        }
        int count = in.int16("column count");
        Kind[] kinds = new Kind[count];
        byte[][] values = new byte[count][];
        for (int i = 0; i < count; i++) {
            Kind kind = kind(in);
            kinds[i] = kind;
            if (kind == Kind.TEXT || kind == Kind.BINARY) {
                values[i] = in.bytes(in.int32("value length"), "value");
            }
        }
        in.end();
        return new Insert(relationOid, new Tuple(kinds, values));
    }

    private Kind kind(MessageReader in) {
        return switch (in.int8("value kind")) {
            case 't' -> Kind.TEXT;
            case 'n' -> Kind.NULL;
            case 'u' -> Kind.UNCHANGED;
            case 'b' -> Kind.BINARY;
            default -> throw in.malformed("value kind", "one of n, u, t, b");
        };
    }
}
