package dev.fullstate.sample.orders.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The page on the architecture names methods that exist, and explains its terms in order. */
class ArchitecturePageTest {

    private static final Pattern METHOD = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final Pattern TERM = Pattern.compile("- \\*\\*(.+?)\\*\\*.*\\.");

    @Test
    void methodsToReadFirstExist() throws IOException {
        List<String> rows = section("## Start reading here")
                .filter(line -> line.startsWith("| "))
                .skip(2)
                .toList();

        assertThat(rows).hasSize(5);
        for (String row : rows) {
            Matcher method = METHOD.matcher(row);
            assertThat(method.find()).as(row).isTrue();
            assertThat(Pattern.compile("[\\w>] " + method.group(2) + "\\(")
                            .matcher(sourceOf(method.group(1)))
                            .find())
                    .as("method of %s", row)
                    .isTrue();
        }
    }

    private static String sourceOf(String type) throws IOException {
        try (Stream<Path> files = Files.find(
                Path.of(".."), 20, (path, attributes) -> path.toString().endsWith("/" + type + ".java"))) {
            return Files.readString(files.filter(path -> path.toString().contains("/src/main/java/"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("No class " + type)));
        }
    }

    @Test
    void glossaryIsInAlphabeticalOrder() throws IOException {
        List<String> terms = section("## Glossary")
                .filter(line -> line.startsWith("- "))
                .map(line -> {
                    Matcher term = TERM.matcher(line);
                    assertThat(term.matches()).as(line).isTrue();
                    return term.group(1);
                })
                .toList();

        assertThat(terms)
                .hasSizeGreaterThan(20)
                .doesNotHaveDuplicates()
                .isSortedAccordingTo(String.CASE_INSENSITIVE_ORDER);
    }

    private static Stream<String> section(String heading) throws IOException {
        return Files.readAllLines(Path.of("../docs/architecture.md")).stream()
                .dropWhile(line -> !line.equals(heading))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "));
    }
}
