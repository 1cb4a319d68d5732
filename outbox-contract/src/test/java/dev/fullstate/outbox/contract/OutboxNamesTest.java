package dev.fullstate.outbox.contract;

import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class OutboxNamesTest {

    @Test
    void statementsNameEachTableQuotedAndWithItsSchemaIfItIsKnown() {
        String statement = "select '{}' from {outbox} join {outbox_relay} on true";
        assertThat(OutboxNames.DEFAULT.sql(statement))
                .isEqualTo("select '{}' from \"outbox\" join \"outbox_relay\" on true");
        assertThat(OutboxNames.of("My Schema", "events").sql(statement))
                .isEqualTo(
                        "select '{}' from \"My Schema\".\"events\" join" + " \"My Schema\".\"events_relay\" on true");
    }

    @Test
    void sentencesNameThemAsPeopleDo() {
        assertThat(OutboxNames.DEFAULT.in("public").text("in {outbox_relay}.")).isEqualTo("in public.outbox_relay.");
        assertThat(OutboxNames.DEFAULT.in("My Schema").text("in {outbox_relay}."))
                .isEqualTo("in \"My Schema\".outbox_relay.");
    }

    @Test
    void publicationOfASchemaOfItsOwnIsNamedAfterBothBecauseItBelongsToTheDatabase() {
        assertThat(OutboxNames.DEFAULT.publication()).isEqualTo("outbox");
        assertThat(OutboxNames.of(null, "orders").publication()).isEqualTo("orders");
        assertThat(OutboxNames.of("orders", "outbox").publication()).isEqualTo("orders_outbox");
        assertThat(OutboxNames.DEFAULT.in("orders").publication()).isEqualTo("outbox");
    }

    @Test
    void migrationHasNoNamesButTheGivenOnes() {
        String names = OutboxMigration.script(new OutboxNames(null, "orders", "stream"));
        assertThat(names).doesNotContain("${").contains("create publication \"stream\" for table \"orders\"");
        String code = Pattern.compile("--.*$|constraint( if exists)? \\w+", Pattern.MULTILINE)
                .matcher(names)
                .replaceAll("");
        assertThat(code).doesNotContain("outbox");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Orders", "1orders", "orders-outbox", "o\"rders", "a2345678901234567890123456789012345678901"
            })
    void namesThatWouldNotBeTheSameEverywhereAreRefused(String table) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OutboxNames.of(null, table))
                .withMessageContaining("cannot be the name of an outbox table");
    }

    @Test
    void nameThatPostgresqlWouldTruncateIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OutboxNames.of("a".repeat(60), "outbox"))
                .withMessageContaining("cannot be the name of a publication");
    }
}
