package dev.fullstate.outbox.ids;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The page shows the key of each kind of id, as {@link EveryKindOfIdIT} finds it in events. */
class KeysPageTest {

    @Test
    void pageHasTheKeyOfEachKindOfId() throws IOException {
        assertThat(Files.readAllLines(Path.of("../docs/keys.md")))
                .containsSubsequence(IdType.all().stream().map(IdType::row).toList());
    }
}
