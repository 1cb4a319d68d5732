package dev.fullstate.outbox.contract;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContractTest {

    private static String migration() {
        return OutboxMigration.script(OutboxNames.DEFAULT);
    }

    private static OutboxEvent event(String aggregateId, String payload, Operation operation) {
        return event("order", aggregateId, "type", payload, "urn:x", null, operation);
    }

    private static OutboxEvent event(
            String aggregateType,
            String aggregateId,
            String type,
            String payload,
            String source,
            Instant time,
            Operation operation) {
        UUID id = new UUID(0, 1);
        return new OutboxEvent(
                id, aggregateType, aggregateId, type, payload, source, time, null, id, 0L, operation, null, null, null);
    }

    @Test
    void everyMigrationIsInTheScript() throws Exception {
        Path folder = Path.of(Objects.requireNonNull(getClass().getResource("/" + OutboxMigration.LOCATION))
                .toURI());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("V")))
                    .containsExactlyInAnyOrderElementsOf(OutboxMigration.SCRIPTS);
        }
    }

    @Test
    void everyPublishedColumnIsInTheTable() {
        String table = migration();
        assertThat(OutboxTable.PUBLISHED_COLUMNS)
                .allSatisfy(column ->
                        assertThat(table).containsPattern("(?m)^    " + column + " +(bigint|uuid|text|timestamptz)"));
    }

    @Test
    void everyOperationIsAllowedByTheTable() {
        String table = migration();
        for (Operation operation : Operation.values()) {
            assertThat(table).contains("'" + operation.label() + "'");
        }
    }

    @Test
    void everyLeafOfTheRingIsCreated() {
        String table = migration();
        for (int bucket = 0; bucket < OutboxTable.LEAF_COUNT; bucket++) {
            assertThat(table)
                    .contains("create table \"" + OutboxNames.DEFAULT.leaf(bucket)
                            + "\" partition of \"outbox\" for values in (" + bucket + ");");
        }
        assertThat(table).contains("bigint % " + OutboxTable.LEAF_COUNT + ")::smallint");
        assertThatThrownBy(() -> OutboxNames.DEFAULT.leaf(OutboxTable.LEAF_COUNT))
                .hasMessageContaining("Bucket 16");
    }

    @Test
    void deleteHasNoPayloadAndEverythingElseHasOne() {
        assertThat(event("1", null, Operation.DELETE).payload()).isNull();
        assertThat(event("1", "{}", Operation.UPDATE).payload()).isEqualTo("{}");
        assertThatThrownBy(() -> event("1", "{}", Operation.DELETE)).hasMessageContaining("a delete has no payload");
        assertThatThrownBy(() -> event("1", null, Operation.CREATE)).hasMessageContaining("'order' with id '1'");
    }

    @Test
    void eventWithoutAKeyIsRefused() {
        assertThatThrownBy(() -> event("", "{}", Operation.CREATE)).hasMessageContaining("the aggregate id is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "two words", "ümlaut", "order\n"})
    void aggregateTypeThatNoTopicCanBeNamedAfterIsRefused(String aggregateType) {
        refuses(() -> event(aggregateType, "1", "type", "{}", "urn:x", null, Operation.UPDATE), "the aggregate type");
    }

    @Test
    void aggregateTypeIsAsLongAsATopicsNameAllows() {
        assertThat(event("x".repeat(200), "1", "type", "{}", "urn:x", null, Operation.UPDATE)
                        .aggregateType())
                .hasSize(200);
        refuses(() -> event("x".repeat(201), "1", "type", "{}", "urn:x", null, Operation.UPDATE), "the aggregate type");
    }

    @Test
    void emptyTypeOrSourceIsRefused() {
        refuses(() -> event("order", "1", "", "{}", "urn:x", null, Operation.UPDATE), "the type is empty");
        refuses(() -> event("order", "1", "type", "{}", "", null, Operation.UPDATE), "the source is empty");
    }

    @Test
    void timesThatRfc3339CannotExpressAreRefused() {
        for (String time : List.of("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z")) {
            assertThat(event("order", "1", "type", "{}", "urn:x", Instant.parse(time), Operation.UPDATE)
                            .time())
                    .isEqualTo(time);
        }
        for (Instant time : List.of(
                Instant.MIN,
                Instant.parse("0000-12-31T23:59:59.999999999Z"),
                Instant.parse("+10000-01-01T00:00:00Z"),
                Instant.MAX,
                OffsetDateTime.MAX.toInstant(),
                OffsetDateTime.MIN.toInstant())) {
            refuses(() -> event("order", "1", "type", "{}", "urn:x", time, Operation.UPDATE), "years 1 to 9999");
        }
    }

    private static void refuses(ThrowingCallable event, String reason) {
        assertThatThrownBy(event)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Event of aggregate '")
                .hasMessageContaining(reason);
    }
}
