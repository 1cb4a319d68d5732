package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the options of the image with the operations manual. */
class ImageOptionsTest {

    private static final Path REPOSITORY = Path.of("..");

    @Test
    void eachOptionOfTheImageIsExplainedAndGivenForTheJar() throws IOException {
        List<String> options = Files.readAllLines(REPOSITORY.resolve("docker/relay/jvm.flags"));
        assertThat(options).isNotEmpty();

        String manual = Files.readString(REPOSITORY.resolve("docs/operations.md"));
        assertThat(options).allSatisfy(option -> assertThat(manual).contains("\n| `" + option + "` |"));
        assertThat(manual).contains("`java -XX:" + String.join(" -XX:", options) + " -jar ...`");
    }
}
