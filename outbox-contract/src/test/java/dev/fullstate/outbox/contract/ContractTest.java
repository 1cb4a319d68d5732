package dev.fullstate.outbox.contract;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContractTest {

    private static String migration() {
        return OutboxMigration.script(OutboxNames.DEFAULT);
    }

    private static OutboxEvent event(String aggregateId, String payload, Operation operation) {
        UUID id = new UUID(0, 1);
        return new OutboxEvent(
                id, "order", aggregateId, "type", payload, "urn:x", null, null, id, 0L, operation, null, null, null);
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
        assertThatThrownBy(() -> event("", "{}", Operation.CREATE)).hasMessageContaining("empty aggregate id");
    }
}
