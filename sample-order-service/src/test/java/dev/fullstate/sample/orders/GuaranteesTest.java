package dev.fullstate.sample.orders;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A promise whose test is gone would be a hope. */
class GuaranteesTest {

    @Test
    void everyTestThatAPromiseNamesExists() throws IOException {
        List<String> named = Pattern.compile("`(\\w+(?:IT|Test))`")
                .matcher(Files.readString(Path.of("../docs/guarantees.md")))
                .results()
                .map((MatchResult match) -> match.group(1) + ".java")
                .distinct()
                .toList();

        try (Stream<Path> files = Files.find(
                Path.of(".."), 20, (path, attributes) -> path.toString().contains("/src/test/java/"))) {
            List<String> existing =
                    files.map(path -> path.getFileName().toString()).toList();
            assertThat(named)
                    .hasSizeGreaterThan(10)
                    .allSatisfy(test -> assertThat(existing).contains(test));
        }
    }
}
