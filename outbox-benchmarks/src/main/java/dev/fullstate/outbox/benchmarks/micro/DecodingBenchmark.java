package dev.fullstate.outbox.benchmarks.micro;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.pgoutput.MessageDecoder;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.ReceivedRow;
import dev.fullstate.outbox.relay.transaction.TransactionAssembler;
import dev.fullstate.outbox.relay.transaction.TransactionSink;

/** Measures the way from the bytes of a message to an event; begin and commit are spread over the rows of their transaction. */
@State(Scope.Thread)
public class DecodingBenchmark {

    private static final int ROWS = 10;

    private final MessageDecoder decoder = new MessageDecoder();
    private final Last last = new Last();
    private final TransactionAssembler assembler = new TransactionAssembler(last);

    @SuppressWarnings("NullAway.Init")
    private RecordedTransaction transaction;

    @Setup
    public void record() throws SQLException {
        transaction = RecordedTransaction.record(ROWS);
        transaction.relations().forEach(relation -> assembler.accept(decoder.decode(relation)));
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void decode(Blackhole blackhole) {
        for (ByteBuffer message : transaction.messages()) {
            blackhole.consume(decoder.decode(message.rewind()));
        }
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void decodeAndAssemble(Blackhole blackhole) {
        for (ByteBuffer message : transaction.messages()) {
            assembler.accept(decoder.decode(message.rewind()));
            blackhole.consume(last.event);
        }
    }

    /** Keeps only the last row. */
    private static final class Last implements TransactionSink {

        private @Nullable CommittedEvent event;

        @Override
        public void begin() {
            event = null;
        }

        @Override
        public boolean isOfOutbox(Relation relation) {
            return true;
        }

        @Override
        public void row(ReceivedRow row) {
            event = row.event();
        }

        @Override
        public void end(Lsn endLsn, Instant committedAt) {
            event = null;
        }
    }
}
