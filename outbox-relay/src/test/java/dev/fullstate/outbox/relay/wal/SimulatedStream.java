package dev.fullstate.outbox.relay.wal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.pgoutput.Encoder;
import dev.fullstate.outbox.relay.pgoutput.Message.Begin;
import dev.fullstate.outbox.relay.pgoutput.Message.Commit;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase.Row;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase.Transaction;

/** Sends what a walsender does: each transaction that commits from the slot's position on, as messages, in the order of commits. */
final class SimulatedStream implements WalStream {

    private static final int RELATION_OID = 16_384;
    private static final Map<String, String> CONSTANTS = Map.of(
            OutboxTable.AGGREGATE_TYPE, "order",
            OutboxTable.TYPE, "T",
            OutboxTable.SOURCE, "urn:s",
            OutboxTable.CHANGE_ID, "0199f0c4-8a3e-5000-8000-000000000002",
            OutboxTable.OPERATION, "update",
            OutboxTable.CREATED_AT, "2026-11-21 02:28:57+00");

    private final SimulatedSession session;
    private final SimulatedDatabase database;
    private final Lsn start;
    private final Queue<ByteBuffer> messages = new ArrayDeque<>();
    private final int subscribed;
    private int nextTransaction;
    /** The publication of the transaction that was sent last; 0 before the first. */
    private int publication;

    private Lsn prepared;
    private Lsn handedOut;

    SimulatedStream(SimulatedSession session, SimulatedDatabase database, int subscribed) {
        this.session = session;
        this.database = database;
        this.subscribed = subscribed;
        this.start = database.slot().require();
        this.prepared = start;
        this.handedOut = start;
    }

    @Override
    public Lsn start() {
        return start;
    }

    @Override
    public @Nullable ByteBuffer read() {
        return session.call(() -> {
            if (messages.isEmpty()) {
                send();
            }
            ByteBuffer message = database.isLate() ? null : messages.poll();
            if (messages.isEmpty()) {
                handedOut = prepared;
            }
            return message;
        });
    }

    private void send() {
        List<Transaction> all = database.committed();
        while (nextTransaction < all.size() && messages.isEmpty()) {
            Transaction next = all.get(nextTransaction++);
            prepared = next.end();
            if (!start.isAfter(next.start()) && next.isStreamed()) {
                if (publication != next.publication()) {
                    publication = next.publication();
                    messages.add(Encoder.relation(
                            new Relation(RELATION_OID, "public", "outbox", OutboxTable.PUBLISHED_COLUMNS)));
                }
                messages.add(Encoder.begin(new Begin(next.start(), 1)));
                next.rows().forEach(row -> messages.add(Encoder.insert(RELATION_OID, Arrays.asList(values(row)))));
                messages.add(Encoder.commit(new Commit(next.start(), next.end(), Instant.EPOCH)));
            }
        }
        if (messages.isEmpty()) {
            prepared = database.walEnd();
        }
    }

    /** Returns the row's values in the order of {@link OutboxTable#PUBLISHED_COLUMNS}. */
    static byte @Nullable [][] values(Row row) {
        return OutboxTable.PUBLISHED_COLUMNS.stream()
                .map(column -> switch (column) {
                    case OutboxTable.SEQ -> Long.toString(row.seq());
                    case OutboxTable.PAYLOAD -> Long.toString(row.number());
                    case OutboxTable.ID -> row.id().toString();
                    case OutboxTable.AGGREGATE_ID -> row.key();
                    default -> CONSTANTS.get(column);
                })
                .map(value -> value == null ? null : value.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    @Override
    public void awaitMessage(Duration atMost) {
        // The simulation owns the time.
    }

    @Override
    public Lsn serverPosition() {
        return handedOut;
    }

    @Override
    public void confirm(Lsn lsn) {
        session.run(() -> database.confirm(lsn));
    }

    @Override
    public Optional<Lsn> slotPosition() {
        return session.slotPosition();
    }

    @Override
    public SlotStatus slotStatus() {
        return session.call(() -> new SlotStatus(0, 0, null, "reserved", null));
    }

    @Override
    public @Nullable String heldBack() {
        return session.call(() -> null);
    }

    @Override
    public void requirePublication() {
        session.run(() -> {
            if (database.requirePublication() != subscribed) {
                throw WalFailures.failure("Simulated: the publication has changed");
            }
        });
    }

    @Override
    public Horizons horizons() {
        return new SimulatedNotes(session, database);
    }

    @Override
    public RepublishJobs republishJobs() {
        return new SimulatedNotes(session, database);
    }

    @Override
    public CurrentRows currentRows() {
        return new CurrentRows() {

            @Override
            public String table() {
                return "outbox";
            }

            @Override
            public boolean belongsToOutbox(int relationOid, String schema, String name) {
                return true;
            }

            @Override
            public Found find(byte[] @Nullable [] values, int xid) {
                throw new AssertionError("Each simulated row can be published as it comes");
            }
        };
    }
}
