package dev.fullstate.outbox.benchmarks.report;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DocumentTest {

    private static final String TEXT = """
            Before.

            <!-- benchmark:drain-1k -->old $1
            table<!-- /benchmark:drain-1k -->

            Between.

            <!-- benchmark:summary -->
            <!-- /benchmark:summary -->
            After.
            """;

    @Test
    void onlyTheTextBetweenTheMarkersIsReplaced() {
        assertThat(splice(TEXT)).isEqualTo("""
                Before.

                <!-- benchmark:drain-1k -->

                new $1 of drain-1k

                <!-- /benchmark:drain-1k -->

                Between.

                <!-- benchmark:summary -->

                new $1 of summary

                <!-- /benchmark:summary -->
                After.
                """);
    }

    @Test
    void replacingAgainChangesNothing() {
        assertThat(splice(splice(TEXT))).isEqualTo(splice(TEXT));
    }

    @Test
    void documentWithoutMarkersStaysAsItIs() {
        assertThat(splice("Only text.\n")).isEqualTo("Only text.\n");
        assertThat(new Document("README.md", "Only text.\n").hasParts()).isFalse();
        assertThat(new Document("README.md", TEXT).hasParts()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!-- benchmark:a -->",
                "<!-- /benchmark:a -->",
                "<!-- benchmark:a --><!-- /benchmark:b -->",
                "<!-- benchmark:a --><!-- benchmark:a --><!-- /benchmark:a -->",
                "<!-- /benchmark:a --><!-- benchmark:a -->"
            })
    void markersThatAreNotPairsAreRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> splice(text))
                .withMessageContainingAll("README.md", "'a'");
    }

    private static String splice(String text) {
        return new Document("README.md", text)
                .splice(part -> "new $1 of " + part)
                .text();
    }
}
