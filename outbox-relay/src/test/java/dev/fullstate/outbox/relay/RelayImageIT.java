package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.fullstate.outbox.harness.image.RelayImage;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.process.ChildJvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Starts the relay as its image does, laid out by the commands of the Dockerfile. */
class RelayImageIT extends RelayIntegrationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final int WRONG_CALL = 2;

    /** Of about 8,000 classes that a start loads; the JVM's own come from its own archive. */
    private static final int MANY = 3_000;

    private static final int LARGE_ROW_COUNT = 80;

    @TempDir
    static Path root;

    private static RelayImage image;

    @BeforeAll
    static void buildImage() throws IOException, InterruptedException {
        image = RelayImage.build(Path.of(".."), ExecutableJarIT.jar(), root);
    }

    @Test
    void relayStreamsWithClassesOfTheArchiveAndWithoutAWebServer() throws SQLException, IOException {
        Path classes = root.resolve("classes.log");
        try (ChildJvm relay = start("-Xlog:class+load:file=" + classes)) {
            database.insert("a", "1");
            topic.await("a", 1, PATIENCE);
            relay.requireAlive();
            assertThat(relay.log()).content().contains("STREAMING").doesNotContain("Tomcat");
        }
        try (Stream<String> loaded = Files.lines(classes)) {
            assertThat(loaded.filter(line -> line.contains("source: shared objects file (top)")))
                    .hasSizeGreaterThan(MANY)
                    .anyMatch(line -> line.contains(" " + Relay.class.getName() + " "));
        }
    }

    @Test
    void heapIsEnoughForLargeRowsAtTheDefaultBoundOfWhatIsInFlight() throws SQLException {
        try (ChildJvm relay = start("-Xlog:gc:file=" + root.resolve("gc.log"))) {
            database.insert("a", "1");
            topic.await("a", 1, PATIENCE);
            // Random, so that compression does not make them small.
            database.execute(OutboxInsert.rows(LARGE_ROW_COUNT)
                    .with(
                            "payload",
                            "(select string_agg(md5(random()::text || g), '') from generate_series(1, 28000) g where n > 0)")
                    .sql());
            await().atMost(PATIENCE).until(() -> {
                relay.requireAlive();
                return topic.all().size() == 1 + LARGE_ROW_COUNT;
            });
        }
    }

    @Test
    void variableOfTheEnvironmentReplacesAnOptionOfTheImage() throws IOException, InterruptedException {
        RelayImage.Output plain = image.run(Map.of(), "nonsense");
        assertThat(plain.exitCode()).isEqualTo(WRONG_CALL);
        assertThat(plain.text()).startsWith("'nonsense' is not a command").doesNotContain("warning");

        RelayImage.Output changed = image.run(
                Map.of("JAVA_TOOL_OPTIONS", "-Xmx96m -XX:TieredStopAtLevel=4 -XX:+PrintFlagsFinal"), "nonsense");
        assertThat(changed.exitCode()).isEqualTo(WRONG_CALL);
        assertThat(changed.text())
                .containsPattern(" MaxHeapSize += " + (96 << 20))
                .containsPattern(" TieredStopAtLevel += 4")
                .containsPattern(" UseSerialGC += true");
    }

    private ChildJvm start(String option) {
        List<String> arguments = new ArrayList<>(List.of(option));
        arguments.addAll(image.entryPoint().subList(1, image.entryPoint().size()));
        arguments.addAll(connectionArguments());
        return ChildJvm.start("relay-image", image.folder(), arguments, GRACE);
    }
}
