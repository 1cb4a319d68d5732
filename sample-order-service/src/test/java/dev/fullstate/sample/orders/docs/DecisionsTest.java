package dev.fullstate.sample.orders.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Each decision has a date and a status, and is in the index with the same status. */
class DecisionsTest {

    private static final Path DECISIONS = Path.of("../docs/adr");

    private static final Pattern HEAD = Pattern.compile(
            "# (?<number>\\d+)\\. (?<title>.+)\n\nDate: \\d{4}-\\d\\d-\\d\\d · Status: (?<status>.+)\n\n");

    private static final Pattern LINK = Pattern.compile("\\[ADR (\\d+)]\\((\\S+)\\)");

    /** The verb in a status that links to another decision, and the verb in that decision's status. */
    private static final Map<String, String> INVERSE = Map.of(
            "supersedes", "superseded by",
            "superseded by", "supersedes",
            "changes", "changed by",
            "changed by", "changes");

    record Decision(int number, String title, String file, String status) {

        static Decision in(Path file) throws IOException {
            Matcher head = HEAD.matcher(Files.readString(file));
            assertThat(head.lookingAt()).as("head of %s", file).isTrue();
            return new Decision(
                    Integer.parseInt(head.group("number")),
                    head.group("title"),
                    file.getFileName().toString(),
                    head.group("status"));
        }

        /** Statuses such as {@code accepted} and {@code changed by [ADR 2](0002-...md), [ADR 3](0003-...md)}. */
        List<String> statuses() {
            return List.of(status.split("; ", -1));
        }

        /** {@return the row of the index, without links in its status, and without the decisions that this one changes} */
        String row() {
            String inIndex = LINK.matcher(status).replaceAll("ADR $1").replaceAll("; (supersedes|changes) [^;]+", "");
            return "| %d | [%s](%s) | %s | ".formatted(number, title, file, inIndex);
        }

        @Override
        public String toString() {
            return file;
        }
    }

    static List<Decision> decisions() throws IOException {
        try (Stream<Path> files = Files.list(DECISIONS)) {
            List<Decision> decisions = new ArrayList<>();
            for (Path file : files.filter(path -> path.toString().matches(".*/\\d{4}-[^/]+\\.md"))
                    .sorted()
                    .toList()) {
                decisions.add(Decision.in(file));
            }
            return decisions;
        }
    }

    @ParameterizedTest
    @MethodSource("decisions")
    void decisionIsStated(Decision decision) throws IOException {
        assertThat(DECISIONS.resolve(decision.file())).content().contains("\n\n**Decision.** ");
    }

    @ParameterizedTest
    @MethodSource("decisions")
    void numberIsThatOfTheFile(Decision decision) {
        assertThat(decision.file()).startsWith("%04d-".formatted(decision.number()));
    }

    @Test
    void indexHasARowForEachDecision() throws IOException {
        List<String> rows = Files.readAllLines(DECISIONS.resolve("README.md")).stream()
                .filter(line -> line.matches("\\| \\d+ \\|.*"))
                .toList();
        List<Decision> decisions = decisions();

        assertThat(rows).hasSameSizeAs(decisions);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i)).startsWith(decisions.get(i).row());
        }
    }

    @ParameterizedTest
    @MethodSource("decisions")
    void statusIsSaidOnBothSides(Decision decision) throws IOException {
        List<Decision> all = decisions();
        for (String status : decision.statuses()) {
            if (!status.equals("accepted")) {
                String verb = LINK.matcher(status).replaceAll("").replaceAll("[ ,]+$", "");
                String inverse = INVERSE.get(verb);
                assertThat(inverse).as("known status: %s", status).isNotNull();
                for (MatchResult link : LINK.matcher(status).results().toList()) {
                    Decision other = all.get(Integer.parseInt(link.group(1)) - 1);
                    assertThat(other.file()).isEqualTo(link.group(2));
                    assertThat(other.statuses())
                            .as("status of %s", other)
                            .anyMatch(there -> there.startsWith(inverse + " ") && there.contains(decision.file()));
                }
            }
        }
    }
}
