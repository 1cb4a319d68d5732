package dev.fullstate.sample.orders.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

/** Every relative link leads to a file, and to a heading if it names one. */
class LinksTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("]\\(((?!https?://)[^()\\s]+)\\)");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```.*?^ *```$");

    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String folder : List.of("", "docs", "docs/adr", "docker", "outbox-benchmarks/results")) {
            try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        return pages;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path page) throws IOException {
        List<String> broken = new ArrayList<>();
        for (String link : links(page)) {
            String[] target = link.split("#", 2);
            Path file = target[0].isEmpty() ? page : page.resolveSibling(target[0]);
            if (!Files.exists(file) || (target.length == 2 && !anchors(file).contains(target[1]))) {
                broken.add(link);
            }
        }
        assertThat(broken).isEmpty();
    }

    private static List<String> links(Path page) throws IOException {
        return LINK.matcher(textOf(page))
                .results()
                .map((MatchResult link) -> link.group(1))
                .toList();
    }

    /** As GitHub makes them of headings: lower case, without punctuation, with hyphens for blanks. */
    private static Set<String> anchors(Path page) throws IOException {
        return textOf(page)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", ""))
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .collect(toSet());
    }

    private static String textOf(Path page) throws IOException {
        return BLOCK.matcher(Files.readString(page)).replaceAll("");
    }
}
