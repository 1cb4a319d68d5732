package dev.fullstate.outbox.relay.pgoutput;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.relay.pgoutput.Message.Begin;
import dev.fullstate.outbox.relay.pgoutput.Message.Commit;
import dev.fullstate.outbox.relay.pgoutput.Message.Insert;
import dev.fullstate.outbox.relay.pgoutput.Message.Other;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.pgoutput.Tuple.Kind;
import dev.fullstate.outbox.relay.position.Lsn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MessageDecoderTest {

    private static final HexFormat HEX = HexFormat.of();

    private final MessageDecoder decoder = new MessageDecoder();

    @Test
    void messagesRecordedFromAServerAreDecoded() {
        List<Message> messages = recorded("text").stream()
                .map(bytes -> decoder.decode(ByteBuffer.wrap(bytes)))
                .toList();

        assertThat(tags(messages)).isEqualTo("BYRIC BIIC BRIC BRIC BIC BUC BDC BYRTC BMC BOYRIC".replace(" ", ""));
        assertThat(messages)
                .filteredOn(Relation.class::isInstance)
                .first()
                .isEqualTo(new Relation(
                        relation(messages, 0).oid(),
                        "public",
                        "recorded",
                        List.of("id", "text", "number", "time", "bytes", "mood")));
        assertThat(values(insert(messages, 0)))
                .containsExactly("1", "Grüße, 世界 🌍", "1.50", "2026-11-21 02:28:56.123456+00", "\\xdeadbeef", "glad");
        assertThat(values(insert(messages, 1))).containsExactly("2", null, null, null, null, null);
        assertThat(values(insert(messages, 2))).containsExactly("3", "", "0", "infinity", "\\x", "sad");
    }

    @Test
    void relationFollowsTheTableAsColumnsAreDroppedAndAdded() {
        List<Message> messages = recorded("text").stream()
                .map(bytes -> decoder.decode(ByteBuffer.wrap(bytes)))
                .toList();
        assertThat(relation(messages, 1).columns()).containsExactly("a", "c");
        assertThat(values(insert(messages, 3))).containsExactly("1", "3");
        assertThat(relation(messages, 2).columns()).containsExactly("a", "c", "d");
        assertThat(values(insert(messages, 4))).containsExactly("1", "3", "four");
    }

    @Test
    void transactionEndsBehindItsCommitRecord() {
        List<Message> messages = recorded("text").stream()
                .map(bytes -> decoder.decode(ByteBuffer.wrap(bytes)))
                .toList();
        Begin begin = (Begin) messages.get(0);
        Commit commit = (Commit) messages.get(4);
        assertThat(commit.commitLsn()).isEqualTo(begin.commitLsn());
        assertThat(commit.endLsn()).isGreaterThan(commit.commitLsn());
        // The recording has 0x000303bf7756b427 microseconds since 2000.
        assertThat(commit.committedAt()).isEqualTo("2026-11-21T03:10:05.939751Z");
    }

    @Test
    void valuesSentAsBinaryAreMarkedAsBinary() {
        Insert insert = recorded("binary").stream()
                .map(bytes -> decoder.decode(ByteBuffer.wrap(bytes)))
                .filter(Insert.class::isInstance)
                .map(Insert.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(insert.tuple().kind(0)).isEqualTo(Kind.BINARY);
        assertThat(insert.tuple().value(0)).containsExactly(0, 0, 0, 1);
        assertThat(insert.tuple().value(4)).containsExactly(0xDE, 0xAD, 0xBE, 0xEF);
    }

    @Test
    void valueStoredOutOfLineAndUnchangedIsNotNull() {
        Insert insert = (Insert) decoder.decode(ByteBuffer.wrap(HEX.parseHex("49000000014e000275" + "6e")));
        assertThat(insert.tuple().kind(0)).isEqualTo(Kind.UNCHANGED);
        assertThat(insert.tuple().kind(1)).isEqualTo(Kind.NULL);
    }

    static List<byte[]> recordedMessages() {
        List<byte[]> messages = new ArrayList<>(recorded("text"));
        messages.addAll(recorded("binary"));
        return messages;
    }

    @ParameterizedTest
    @MethodSource("recordedMessages")
    void messageCutOffAnywhereIsRefused(byte[] message) {
        if (decoder.decode(ByteBuffer.wrap(message)) instanceof Other) {
            return;
        }
        for (int length = 0; length < message.length; length++) {
            ByteBuffer truncated = ByteBuffer.wrap(message, 0, length);
            assertThatExceptionOfType(DecodeException.class)
                    .as("%d of %d bytes", length, message.length)
                    .isThrownBy(() -> decoder.decode(truncated));
        }
    }

    @ParameterizedTest
    @MethodSource("recordedMessages")
    void messageWithBytesBehindItsEndIsRefused(byte[] message) {
        if (decoder.decode(ByteBuffer.wrap(message)) instanceof Other) {
            return;
        }
        ByteBuffer longer = ByteBuffer.allocate(message.length + 1).put(message).rewind();
        assertThatExceptionOfType(DecodeException.class)
                .isThrownBy(() -> decoder.decode(longer))
                .withMessageContaining("no more bytes, but there are 1");
    }

    @Test
    void unknownTagsAreRefused() {
        for (int tag = 0; tag <= 0xFF; tag++) {
            byte[] message = {(byte) tag};
            if ("BCRIUDTYOMArSEcpbPK".indexOf(tag) < 0) {
                assertThatExceptionOfType(DecodeException.class)
                        .isThrownBy(() -> decoder.decode(ByteBuffer.wrap(message)))
                        .withMessageContaining("Message '" + (char) tag + "'")
                        .withMessageContaining("expected a message of protocol version 1");
            }
        }
    }

    @Test
    void messagesWithoutACommittedInsertAreIgnored() {
        for (char tag : "UDTYOMAr".toCharArray()) {
            assertThat(decoder.decode(ByteBuffer.wrap(new byte[] {(byte) tag, 0, 0, 2, 0x33})))
                    .isEqualTo(new Other(tag));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "S, streaming of transactions in progress, version()",
        "E, streaming of transactions in progress, version()",
        "c, streaming of transactions in progress, version()",
        "p, streaming of transactions in progress, version()",
        "b, two-phase decoding, pg_drop_replication_slot",
        "P, two-phase decoding, pg_drop_replication_slot",
        "K, two-phase decoding, pg_drop_replication_slot"
    })
    void messagesOfUncommittedTransactionsAreRefusedWithARemedy(char tag, String feature, String remedy) {
        assertThatExceptionOfType(DecodeException.class)
                .isThrownBy(() -> decoder.decode(ByteBuffer.wrap(new byte[] {(byte) tag, 0, 0, 2, 0x33})))
                .withMessageContaining("message '" + tag + "' of pgoutput, which belongs to", feature)
                .satisfies(e -> assertThat(e.remedy()).contains(remedy));
    }

    @Test
    void failureNamesMessageOffsetAndLengths() {
        ByteBuffer insert = ByteBuffer.wrap(HEX.parseHex("49000000014e000174000000ff41"));
        assertThatExceptionOfType(DecodeException.class)
                .isThrownBy(() -> decoder.decode(insert))
                .withMessage(
                        "Message 'I' of pgoutput (14 bytes) is malformed at offset 13, value: expected 255 bytes, but 1 are"
                                + " left");
    }

    @Test
    void negativeLengthIsRefused() {
        ByteBuffer insert = ByteBuffer.wrap(HEX.parseHex("49000000014e000174ffffffff41"));
        assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> decoder.decode(insert));
    }

    @Test
    void messageInsideALargerBufferIsReadFromItsPosition() {
        ByteBuffer buffer =
                ByteBuffer.wrap(HEX.parseHex("ffff" + "4200000000000000100000000000000000" + "00000007" + "ffff"));
        buffer.position(2).limit(buffer.capacity() - 2);
        assertThat(decoder.decode(buffer)).isEqualTo(new Begin(new Lsn(16), 7));
    }

    @RepeatedTest(50)
    void randomMessagesAreDecodedAsTheyWereEncoded(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int oid = random.nextInt();
        List<String> columns = IntStream.range(0, random.nextInt(40))
                .mapToObj(i -> text(random))
                .toList();
        Relation relation = new Relation(oid, "s" + text(random), text(random), columns);
        assertThat(decoder.decode(Encoder.relation(relation))).isEqualTo(relation);

        List<byte[]> values = columns.stream()
                .map(column -> random.nextInt(4) == 0 ? null : text(random).getBytes(StandardCharsets.UTF_8))
                .collect(Collectors.toCollection(ArrayList::new));
        Insert insert = (Insert) decoder.decode(Encoder.insert(oid, values));
        assertThat(insert.relationOid()).isEqualTo(oid);
        assertThat(insert.tuple().size()).isEqualTo(values.size());
        for (int i = 0; i < values.size(); i++) {
            assertThat(insert.tuple().value(i)).isEqualTo(values.get(i));
        }

        Begin begin = new Begin(new Lsn(random.nextLong()), random.nextInt());
        assertThat(decoder.decode(Encoder.begin(begin))).isEqualTo(begin);
        Commit commit = new Commit(
                new Lsn(random.nextLong()),
                new Lsn(random.nextLong()),
                Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1_000L));
        assertThat(decoder.decode(Encoder.commit(commit))).isEqualTo(commit);
    }

    @RepeatedTest(20)
    void randomBytesAreRefusedOrDecodedAndNeverReadBeyondTheirEnd(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int i = 0; i < 1_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) "BCRI".charAt(random.nextInt(4));
            }
            try {
                decoder.decode(ByteBuffer.wrap(bytes));
            } catch (DecodeException expected) {
                assertThat(expected).hasMessageContaining("pgoutput");
            }
        }
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(20), 1, 0xD800)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static String tags(List<Message> messages) {
        return messages.stream().map(MessageDecoderTest::tag).collect(Collectors.joining());
    }

    private static String tag(Message message) {
        return message instanceof Other other
                ? String.valueOf(other.tag())
                : message.getClass().getSimpleName().substring(0, 1);
    }

    private static Relation relation(List<Message> messages, int index) {
        return messages.stream()
                .filter(Relation.class::isInstance)
                .map(Relation.class::cast)
                .skip(index)
                .findFirst()
                .orElseThrow();
    }

    private static Tuple insert(List<Message> messages, int index) {
        return messages.stream()
                .filter(Insert.class::isInstance)
                .map(Insert.class::cast)
                .skip(index)
                .findFirst()
                .orElseThrow()
                .tuple();
    }

    private static List<String> values(Tuple tuple) {
        return IntStream.range(0, tuple.size())
                .mapToObj(i -> tuple.value(i))
                .map(bytes -> bytes == null ? null : new String(bytes, StandardCharsets.UTF_8))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<byte[]> recorded(String slot) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(MessageDecoderTest.class.getResourceAsStream("recorded-18.txt")),
                StandardCharsets.US_ASCII))) {
            return lines.lines()
                    .filter(line -> line.startsWith(slot + " "))
                    .map(line -> HEX.parseHex(line.substring(slot.length() + 1)))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
