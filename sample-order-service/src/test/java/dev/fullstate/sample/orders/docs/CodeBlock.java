package dev.fullstate.sample.orders.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Something on a page that users may copy.
 *
 * @param page     its path from the root of the repository
 * @param line     of the fence that opens it, or of the span
 * @param language empty if the fence has none; {@code span} for what is in a sentence
 * @param code     without the indentation that the block has in a list
 */
record CodeBlock(String page, int line, String language, String code) {

    private static final Path ROOT = Path.of("..");
    private static final Pattern FENCE = Pattern.compile("( *)```(\\w*)");
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

    /** {@return the pages with instructions; decisions and the changelog have none} */
    static List<String> pages() {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "CONTRIBUTING.md", "docker/README.md"),
                            docs.map(ROOT::relativize)
                                    .map(Path::toString)
                                    .filter(page -> page.endsWith(".md"))
                                    .sorted())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The pages could not be listed", e);
        }
    }

    /** {@return all blocks, in the order of the pages and of the blocks in them} */
    static List<CodeBlock> all() {
        return pages().stream().flatMap(page -> of(page).stream()).toList();
    }

    static List<CodeBlock> in(String... languages) {
        return all().stream()
                .filter(block -> List.of(languages).contains(block.language))
                .toList();
    }

    static List<CodeBlock> of(String page) {
        List<String> lines = lines(page);
        List<CodeBlock> blocks = new ArrayList<>();
        int end = -1;
        for (int i = 0; i < lines.size(); i++) {
            var fence = FENCE.matcher(lines.get(i));
            if (i > end && fence.matches()) {
                end = i + 1;
                while (!lines.get(end).strip().equals("```")) {
                    end++;
                }
                int indentation = fence.group(1).length();
                String code = String.join(
                        "\n",
                        lines.subList(i + 1, end).stream()
                                .map(line -> line.substring(Math.min(indentation, line.length())))
                                .toList());
                blocks.add(new CodeBlock(page, i + 1, fence.group(2), code));
            }
        }
        return blocks;
    }

    /** {@return what a page has between single backticks on one line, outside of its blocks; of the language {@code span}} */
    static List<CodeBlock> spans(String page) {
        List<String> lines = lines(page);
        List<CodeBlock> spans = new ArrayList<>();
        boolean inBlock = false;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().startsWith("```")) {
                inBlock = !inBlock;
            } else if (!inBlock) {
                int line = i + 1;
                SPAN.matcher(lines.get(i))
                        .results()
                        .map((MatchResult span) -> new CodeBlock(page, line, "span", span.group(1)))
                        .forEach(spans::add);
            }
        }
        return spans;
    }

    /** {@return the shell's command lines, each as one line without its comment} */
    List<String> commands() {
        return code.replace("\\\n", " ")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    private static List<String> lines(String page) {
        try {
            return Files.readAllLines(ROOT.resolve(page));
        } catch (IOException e) {
            throw new UncheckedIOException("The page " + page + " could not be read", e);
        }
    }

    @Override
    public String toString() {
        return page + ":" + line;
    }
}
