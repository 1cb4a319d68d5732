package dev.fullstate.outbox.relay.transaction;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.pgoutput.Encoder;
import dev.fullstate.outbox.relay.pgoutput.Message;
import dev.fullstate.outbox.relay.pgoutput.Message.Begin;
import dev.fullstate.outbox.relay.pgoutput.Message.Commit;
import dev.fullstate.outbox.relay.pgoutput.Message.Other;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.pgoutput.MessageDecoder;
import dev.fullstate.outbox.relay.position.Lsn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TransactionAssemblerTest {

    private static final int OID = 7;
    private static final Instant COMMITTED_AT = Instant.parse("2026-11-21T02:28:56.5Z");

    private final Calls calls = new Calls();
    private final TransactionAssembler assembler = new TransactionAssembler(calls);

    @Test
    void eventsComeBetweenBeginAndEndWithPositionsInTheirTransaction() {
        accept(
                new Begin(new Lsn(100), 1),
                outbox(),
                row(OutboxTable.PUBLISHED_COLUMNS),
                row(OutboxTable.PUBLISHED_COLUMNS));
        accept(new Commit(new Lsn(100), new Lsn(120), COMMITTED_AT));
        accept(
                new Begin(new Lsn(200), 2),
                row(OutboxTable.PUBLISHED_COLUMNS),
                new Commit(new Lsn(200), new Lsn(220), COMMITTED_AT));
        assertThat(calls.log)
                .containsExactly(
                        "begin",
                        "0/64#0",
                        "0/64#1",
                        "end 0/78 at " + COMMITTED_AT,
                        "begin",
                        "0/C8#0",
                        "end 0/DC at " + COMMITTED_AT);
    }

    @Test
    void valuesAreFoundByColumnNameWhereverTheColumnsAre() {
        List<String> columns = new ArrayList<>(OutboxTable.PUBLISHED_COLUMNS);
        Collections.reverse(columns);
        columns.add(3, "a_column_of_tomorrow");
        accept(new Begin(new Lsn(100), 1), new Relation(OID, "public", "outbox", columns), row(columns));
        CommittedEvent event = calls.events.get(0);
        assertThat(event.seq()).asString().isEqualTo("value of seq");
        assertThat(event.payload()).asString().isEqualTo("value of payload");
        assertThat(event.time()).asString().isEqualTo("value of time");
        assertThat(event.traceState()).asString().isEqualTo("value of tracestate");
        assertThat(event.createdAt()).asString().isEqualTo("value of created_at");
    }

    @Test
    void missingColumnStopsWithItsName() {
        List<String> columns = new ArrayList<>(OutboxTable.PUBLISHED_COLUMNS);
        columns.remove(OutboxTable.PAYLOAD);
        assertThatExceptionOfType(UnpublishableRowException.class)
                .isThrownBy(() -> accept(new Begin(new Lsn(1), 1), new Relation(OID, "public", "outbox", columns)))
                .withMessageContaining("Table public.outbox is published without the columns [payload]");
    }

    @Test
    void missingValueStopsWithItsColumn() {
        accept(new Begin(new Lsn(1), 1), outbox());
        assertThatExceptionOfType(UnpublishableRowException.class)
                .isThrownBy(() -> accept(row(OutboxTable.PUBLISHED_COLUMNS, OutboxTable.AGGREGATE_ID)))
                .withMessageContaining("no value in column 'aggregateid'");
    }

    @Test
    void nullsThatMayBeAreNull() {
        accept(new Begin(new Lsn(1), 1), outbox(), row(OutboxTable.PUBLISHED_COLUMNS, OutboxTable.PAYLOAD));
        assertThat(calls.events.get(0).payload()).isNull();
    }

    @Test
    void relationThatComesAgainReplacesTheFormerOne() {
        List<String> columns = new ArrayList<>(OutboxTable.PUBLISHED_COLUMNS);
        columns.add(0, "added");
        accept(new Begin(new Lsn(1), 1), outbox(), new Relation(OID, "public", "outbox", columns), row(columns));
        assertThat(calls.events.get(0).seq()).asString().isEqualTo("value of seq");
    }

    @Test
    void messagesWithoutRowsAreOfNoConsequence() {
        accept(
                new Begin(new Lsn(1), 1),
                new Other('T'),
                new Other('M'),
                new Commit(new Lsn(1), new Lsn(2), COMMITTED_AT));
        assertThat(calls.log).containsExactly("begin", "end 0/2 at " + COMMITTED_AT);
    }

    @Test
    void messagesOutOfStepAreRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> accept(new Commit(new Lsn(1), new Lsn(2), COMMITTED_AT)))
                .withMessageContaining("the open transaction is none");
        accept(outbox());
        assertThatIllegalStateException()
                .isThrownBy(() -> accept(row(OutboxTable.PUBLISHED_COLUMNS)))
                .withMessageContaining("outside of a transaction");
        accept(new Begin(new Lsn(1), 1));
        assertThatIllegalStateException().isThrownBy(() -> accept(new Begin(new Lsn(3), 2)));
        assertThatIllegalStateException().isThrownBy(() -> accept(new Commit(new Lsn(3), new Lsn(4), COMMITTED_AT)));
    }

    @Test
    void textOfAnEventNamesItAndHidesItsPayload() {
        accept(new Begin(new Lsn(100), 1), outbox(), row(OutboxTable.PUBLISHED_COLUMNS));
        assertThat(calls.events.get(0)).hasToString("event value of id (seq value of seq, position 0/64#0)");
    }

    private void accept(Message... messages) {
        for (Message message : messages) {
            assembler.accept(message);
        }
    }

    private static Relation outbox() {
        return new Relation(OID, "public", "outbox", OutboxTable.PUBLISHED_COLUMNS);
    }

    private static Message row(List<String> columns) {
        return row(columns, "none is null");
    }

    private static Message row(List<String> columns, String nullColumn) {
        List<byte @Nullable []> values = new ArrayList<>();
        for (String column : columns) {
            values.add(column.equals(nullColumn) ? null : ("value of " + column).getBytes(StandardCharsets.UTF_8));
        }
        return new MessageDecoder().decode(Encoder.insert(OID, values));
    }

    private static final class Calls implements TransactionSink {

        private final List<String> log = new ArrayList<>();
        private final List<CommittedEvent> events = new ArrayList<>();

        @Override
        public void begin() {
            log.add("begin");
        }

        @Override
        public void event(CommittedEvent event) {
            log.add(event.position().toString());
            events.add(event);
        }

        @Override
        public void end(Lsn endLsn, Instant committedAt) {
            log.add("end " + endLsn + " at " + committedAt);
        }
    }
}
