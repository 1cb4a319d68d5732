package dev.fullstate.sample.orders;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What a service can configure of the outbox is described, in the generated metadata and in the reference alike. */
class ConfigurationReferenceTest {

    private static List<JsonNode> properties() throws IOException {
        List<JsonNode> properties = new ArrayList<>();
        ClassLoader classes = ConfigurationReferenceTest.class.getClassLoader();
        for (URL metadata : Collections.list(classes.getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream stream = metadata.openStream()) {
                JsonMapper.shared()
                        .readTree(stream)
                        .get("properties")
                        .valueStream()
                        .filter(property -> property.get("name").asString().startsWith("outbox."))
                        .forEach(properties::add);
            }
        }
        return properties;
    }

    @Test
    void starterRelayAndTestServicesHaveMetadata() throws IOException {
        assertThat(properties())
                .extracting(property -> property.get("name").asString())
                .contains("outbox.enabled", "outbox.relay.slot-name", "outbox.test.services");
    }

    @Test
    void everyPropertyHasADescription() throws IOException {
        assertThat(properties()).allSatisfy(property -> {
            String name = property.get("name").asString();
            assertThat(property.path("description").asString(""))
                    .as(name)
                    .isNotEmpty()
                    .doesNotStartWith("The ");
        });
    }

    @Test
    void everyPropertyIsInTheReferenceWithItsDefault() throws IOException {
        String reference = Files.readString(Path.of("../docs/configuration.md"));

        assertThat(properties()).allSatisfy(property -> {
            String name = property.get("name").asString();
            JsonNode defaultValue = property.path("defaultValue");
            assertThat(reference).containsPattern("\\| `\\Q" + name + "\\E(\\.<[a-z]+>)?` \\|");
            if (defaultValue.isString() || defaultValue.isNumber() || defaultValue.isBoolean()) {
                assertThat(reference).contains("| `" + name + "` | `" + defaultValue.asString() + "`");
            }
        });
    }
}
