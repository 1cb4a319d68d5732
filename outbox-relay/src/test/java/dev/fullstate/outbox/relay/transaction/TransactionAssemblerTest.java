package dev.fullstate.outbox.relay.transaction;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.pgoutput.Encoder;
import dev.fullstate.outbox.relay.pgoutput.Message;
import dev.fullstate.outbox.relay.pgoutput.Message.Begin;
import dev.fullstate.outbox.relay.pgoutput.Message.Commit;
import dev.fullstate.outbox.relay.pgoutput.Message.Other;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.pgoutput.MessageDecoder;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TransactionAssemblerTest {

    private static final int OID = 7;
    private static final Set<String> MAY_BE_NULL = Set.of(
            OutboxTable.TIME,
            OutboxTable.DATA_SCHEMA,
            OutboxTable.ENTITY_VERSION,
            OutboxTable.REPUBLISH_ID,
            OutboxTable.TRACE_PARENT,
            OutboxTable.TRACE_STATE,
            OutboxTable.EXTENSIONS);
    private static final Instant COMMITTED_AT = Instant.parse("2026-11-21T02:28:56.5Z");

    private final Calls calls = new Calls();
    private final TransactionAssembler assembler = new TransactionAssembler(calls);

    @Test
    void eventsFollowBeginAndPrecedeEndWithTheirPositionsInTheTransaction() {
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
        CommittedEvent event = calls.rows.get(0).event();
        assertThat(event.seq()).asString().isEqualTo("value of seq");
        assertThat(event.payload()).asString().isEqualTo("value of payload");
        assertThat(event.time()).asString().isEqualTo("value of time");
        assertThat(event.traceState()).asString().isEqualTo("value of tracestate");
        assertThat(event.createdAt()).asString().isEqualTo("value of created_at");
    }

    @ParameterizedTest
    @FieldSource("dev.fullstate.outbox.contract.OutboxTable#PUBLISHED_COLUMNS")
    void rowWithoutAColumnIsAnEventOnlyIfTheColumnIsOfTheTrace(String column) {
        List<String> columns = new ArrayList<>(OutboxTable.PUBLISHED_COLUMNS);
        columns.remove(column);
        accept(new Begin(new Lsn(1), 17), new Relation(OID, "public", "outbox", columns), row(columns));
        ReceivedRow row = calls.rows.get(0);
        assertThat(row.missing()).containsExactly(column);
        assertThat(row.xid()).isEqualTo(17);
        if (column.startsWith("trace")) {
            assertThat(row.event().seq()).asString().isEqualTo("value of seq");
        } else {
            assertThatExceptionOfType(UnpublishableRowException.class)
                    .isThrownBy(row::event)
                    .withMessageContaining("without the columns [" + column + "]")
                    .satisfies(e -> assertThat(e.in("public.outbox").remedy())
                            .startsWith("ALTER TABLE public.outbox ADD COLUMN " + column + " "
                                    + OutboxTable.type(column) + ";"));
        }
    }

    @ParameterizedTest
    @FieldSource("dev.fullstate.outbox.contract.OutboxTable#PUBLISHED_COLUMNS")
    void nullIsAcceptedOnlyInColumnsThatMayBeNull(String column) {
        accept(new Begin(new Lsn(1), 1), outbox(), row(OutboxTable.PUBLISHED_COLUMNS, column));
        ReceivedRow row = calls.rows.get(0);
        assertThat(row.missing()).isEmpty();
        if (MAY_BE_NULL.contains(column)) {
            assertThat(row.event().seq()).asString().isEqualTo("value of seq");
        } else {
            assertThatExceptionOfType(UnpublishableRowException.class)
                    .isThrownBy(row::event)
                    .satisfies(e -> assertThat(e.in("public.outbox").remedy())
                            .startsWith("UPDATE public.outbox SET " + column + " = ... WHERE "));
        }
    }

    @Test
    void valuesThatAreNotSentAsTextAreMissing() {
        ByteBuffer binary = Encoder.insert(OID, List.of("1".getBytes(StandardCharsets.UTF_8)));
        binary.put(binary.limit() - 6, (byte) 'b');
        Relation seqOnly = new Relation(OID, "public", "outbox", List.of(OutboxTable.SEQ));
        accept(new Begin(new Lsn(1), 1), seqOnly, new MessageDecoder().decode(binary));
        assertThat(calls.rows.get(0).missing()).contains(OutboxTable.SEQ);
    }

    @Test
    void payloadThatContradictsTheOperationCannotBePublished() {
        for (String[] pair : new String[][] {
            {"create", "{}", ""},
            {"update", "", ""},
            {"delete", null, ""},
            {"delete", "{}", "has a payload"},
            {"update", null, "has no payload"},
            {"create", null, "has no payload"},
            {"DELETE", null, "not one that an event can have"}
        }) {
            ReceivedRow row = row(Map.of(OutboxTable.OPERATION, pair[0], OutboxTable.PAYLOAD, String.valueOf(pair[1])));
            if (pair[2].isEmpty()) {
                assertThat(row.event().operation()).asString().isEqualTo(pair[0]);
            } else {
                assertThatExceptionOfType(UnpublishableRowException.class)
                        .isThrownBy(row::event)
                        .withMessageContaining(pair[2]);
            }
        }
    }

    private static ReceivedRow row(Map<String, String> values) {
        byte[][] row = OutboxTable.PUBLISHED_COLUMNS.stream()
                .map(column -> values.getOrDefault(column, value(column)))
                .map(value -> value.equals("null") ? null : value.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return new ReceivedRow(new Position(new Lsn(1), 0), 1, row, List.of());
    }

    @Test
    void rowsOfOtherRelationsAreLeftOutAndKeepTheirPlace() {
        Relation other = new Relation(8, "public", "other", List.of("n"));
        accept(
                new Begin(new Lsn(1), 1),
                outbox(),
                row(OutboxTable.PUBLISHED_COLUMNS),
                other,
                new MessageDecoder().decode(Encoder.insert(8, List.of("1".getBytes(StandardCharsets.UTF_8)))),
                row(OutboxTable.PUBLISHED_COLUMNS));
        assertThat(calls.log).containsExactly("begin", "0/1#0", "0/1#2");
    }

    @Test
    void relationThatIsSentAgainReplacesTheFormerOne() {
        List<String> columns = new ArrayList<>(OutboxTable.PUBLISHED_COLUMNS);
        columns.add(0, "added");
        accept(new Begin(new Lsn(1), 1), outbox(), new Relation(OID, "public", "outbox", columns), row(columns));
        assertThat(calls.rows.get(0).event().seq()).asString().isEqualTo("value of seq");
    }

    @Test
    void messagesWithoutRowsAreIgnored() {
        accept(
                new Begin(new Lsn(1), 1),
                new Other('T'),
                new Other('M'),
                new Commit(new Lsn(1), new Lsn(2), COMMITTED_AT));
        assertThat(calls.log).containsExactly("begin", "end 0/2 at " + COMMITTED_AT);
    }

    @Test
    void messagesOutOfStepAreRefused() {
        assertThatExceptionOfType(OutOfStepException.class)
                .isThrownBy(() -> accept(new Commit(new Lsn(1), new Lsn(2), COMMITTED_AT)))
                .withMessageContaining("the open transaction is none");
        accept(outbox());
        assertThatExceptionOfType(OutOfStepException.class)
                .isThrownBy(() -> accept(row(OutboxTable.PUBLISHED_COLUMNS)))
                .withMessageContaining("outside of a transaction");
        accept(new Begin(new Lsn(1), 1));
        assertThatExceptionOfType(OutOfStepException.class).isThrownBy(() -> accept(new Begin(new Lsn(3), 2)));
        assertThatExceptionOfType(OutOfStepException.class)
                .isThrownBy(() -> accept(new Commit(new Lsn(3), new Lsn(4), COMMITTED_AT)));
    }

    @Test
    void textOfAnEventNamesItAndHidesItsPayload() {
        accept(new Begin(new Lsn(100), 1), outbox(), row(OutboxTable.PUBLISHED_COLUMNS));
        assertThat(calls.rows.get(0).event()).hasToString("event value of id (seq value of seq, position 0/64#0)");
    }

    private void accept(Message... messages) {
        for (Message message : messages) {
            assembler.accept(message);
        }
    }

    private static String value(String column) {
        return column.equals(OutboxTable.OPERATION) ? "update" : "value of " + column;
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
            values.add(column.equals(nullColumn) ? null : value(column).getBytes(StandardCharsets.UTF_8));
        }
        return new MessageDecoder().decode(Encoder.insert(OID, values));
    }

    private static final class Calls implements TransactionSink {

        private final List<String> log = new ArrayList<>();
        private final List<ReceivedRow> rows = new ArrayList<>();

        @Override
        public void begin() {
            log.add("begin");
        }

        @Override
        public boolean isOfOutbox(Relation relation) {
            return relation.oid() == OID;
        }

        @Override
        public void row(ReceivedRow row) {
            log.add(row.position().toString());
            rows.add(row);
        }

        @Override
        public void end(Lsn endLsn, Instant committedAt) {
            log.add("end " + endLsn + " at " + committedAt);
        }
    }
}
