package dev.fullstate.sample.orders;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Each property of the outbox is described, in the generated metadata and in the reference alike. */
class ConfigurationReferenceTest {

    private static final List<PropertyMetadata> PROPERTIES = PropertyMetadata.ofTheOutbox();

    @Test
    void starterRelayAndTestServicesHaveMetadata() {
        assertThat(PROPERTIES)
                .extracting(PropertyMetadata::name)
                .contains("outbox.enabled", "outbox.relay.slot-name", "outbox.test.services");
    }

    /** By Spring Boot's rules: plain text, because that is how an editor shows it, without an article, ending in a full stop. */
    @Test
    void everyPropertyHasADescriptionInPlainText() {
        assertThat(PROPERTIES)
                .allSatisfy(property -> assertThat(property.description())
                        .as(property.name())
                        .isNotBlank()
                        .doesNotContain("{@", "`")
                        .doesNotContainPattern("</?[a-z]+>|&[a-z]+;")
                        .doesNotContainPattern("^(The|A|An|This|It) ")
                        .matches("(?s)[A-Z].*\\."));
    }

    @Test
    void everySwitchIsAQuestion() {
        assertThat(PROPERTIES)
                .filteredOn(property -> property.type().equals("java.lang.Boolean"))
                .allSatisfy(property ->
                        assertThat(property.description()).as(property.name()).startsWith("Whether "));
    }

    /** A default that is not a value is described instead. */
    @Test
    void everyPropertyHasADefaultOrSaysWhatHoldsWithoutIt() {
        assertThat(PROPERTIES)
                .filteredOn(property ->
                        property.defaultValue() == null && !property.type().startsWith("java.util.Map"))
                .allSatisfy(property ->
                        assertThat(property.description()).as(property.name()).containsPattern("[Dd]efault"));
    }

    /** 7d, 30s, 1MB: a value with a unit, and not the next smaller one. */
    @Test
    void defaultsAreWrittenAsPeopleWriteThem() {
        assertThat(PROPERTIES)
                .filteredOn(property -> property.defaultValue() != null)
                .filteredOn(property ->
                        property.type().matches("java.time.Duration|org.springframework.util.unit.DataSize"))
                .allSatisfy(property -> assertThat(property.defaultValue())
                        .as(property.name())
                        .matches("\\d{1,3}(ms|s|m|h|d|B|KB|MB)"));
    }

    @Test
    void everyPropertyIsInTheReferenceWithItsDefault() throws IOException {
        String reference = Files.readString(Path.of("../docs/configuration.md"));

        assertThat(PROPERTIES).allSatisfy(property -> {
            assertThat(reference).containsPattern("\\| `\\Q" + property.name() + "\\E(\\.<[a-z]+>)?` \\|");
            if (property.defaultValue() != null) {
                assertThat(reference).contains("| `" + property.name() + "` | `" + property.defaultValue() + "`");
            }
        });
    }
}
