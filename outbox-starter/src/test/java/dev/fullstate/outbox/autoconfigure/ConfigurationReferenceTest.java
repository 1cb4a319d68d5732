package dev.fullstate.outbox.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The generated metadata and the configuration reference say the same. */
class ConfigurationReferenceTest {

    private static List<JsonNode> properties() throws IOException {
        Path metadata = Path.of("target/classes/META-INF/spring-configuration-metadata.json");
        return JsonMapper.shared()
                .readTree(Files.readString(metadata))
                .get("properties")
                .valueStream()
                .toList();
    }

    @Test
    void everyPropertyHasADescription() throws IOException {
        assertThat(properties()).hasSizeGreaterThan(5).allSatisfy(property -> {
            String description = property.path("description").asString("");
            assertThat(description)
                    .as(property.get("name").asString())
                    .isNotEmpty()
                    .doesNotStartWith("The ");
        });
    }

    @Test
    void everyPropertyIsInTheReferenceWithItsDefault() throws IOException {
        String reference = Files.readString(Path.of("../docs/configuration.md"));

        assertThat(properties()).allSatisfy(property -> {
            String name = property.get("name").asString();
            String defaultValue = property.path("defaultValue").asString("");
            assertThat(reference).contains("| `" + name + "` | `" + defaultValue);
        });
    }
}
