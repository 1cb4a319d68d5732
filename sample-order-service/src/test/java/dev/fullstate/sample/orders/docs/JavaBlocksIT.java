package dev.fullstate.sample.orders.docs;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

import static org.assertj.core.api.Assertions.assertThat;

/** The tests that a page shows pass, in the application that it shows. */
class JavaBlocksIT {

    /** As the README configures it, less the servers. The samples' own migrations, which are on the class path too, are not the reader's. */
    private static final String PROPERTIES = """
            spring.application.name=shop
            spring.jpa.hibernate.ddl-auto=update
            spring.flyway.enabled=false
            """;

    static List<String> pages() {
        return CodeBlock.pages().stream()
                .filter(page -> CodeBlock.of(page).stream()
                        .anyMatch(block ->
                                block.language().equals("java") && block.code().contains("@Test")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void testsOfThePagePass(String page, @TempDir Path classes) throws Exception {
        CompiledBlocks blocks = CompiledBlocks.none();
        for (CodeBlock block : CodeBlock.in("java")) {
            if (block.page().equals("README.md") || block.page().equals(page)) {
                blocks = blocks.with(block);
            }
        }
        blocks.compileInto(classes);
        Files.writeString(classes.resolve("application.properties"), PROPERTIES);

        SummaryGeneratingListener results = run(classes, blocks);

        assertThat(results.getSummary().getFailures()).as("failures of " + page).allSatisfy(failure -> {
            throw new AssertionError(failure.getTestIdentifier().getDisplayName(), failure.getException());
        });
        assertThat(results.getSummary().getTestsSucceededCount()).isPositive();
    }

    private static SummaryGeneratingListener run(Path classes, CompiledBlocks blocks) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader ours = thread.getContextClassLoader();
        SummaryGeneratingListener results = new SummaryGeneratingListener();
        try (URLClassLoader theirs =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, ours)) {
            thread.setContextClassLoader(theirs);
            Stream<DiscoverySelector> tests = blocks.types().stream()
                    .filter(type -> type.endsWith("Test"))
                    .map(type -> DiscoverySelectors.selectClass(theirs, CompiledBlocks.PACKAGE + "." + type));
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(tests.toList())
                    .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
                    .build();
            Launcher launcher = LauncherFactory.create();
            launcher.execute(request, results);
        } finally {
            thread.setContextClassLoader(ours);
        }
        return results;
    }
}
