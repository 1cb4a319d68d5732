package dev.fullstate.outbox.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** An application is ended by a signal while PostgreSQL and Kafka run for it. */
class NothingIsLeftBehindIT {

    @TempDir
    private Path temporary;

    private Process application;
    private BufferedReader output;

    @BeforeEach
    void startApplication() throws IOException {
        application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        RunningApplication.class.getName())
                .redirectErrorStream(true)
                .start();
        output = application.inputReader();
        List<String> start = output.lines()
                .takeWhile(line -> !line.equals(RunningApplication.READY))
                .toList();
        assertThat(start)
                .as("Both services are announced, in a log that the broker does not flood")
                .anyMatch(line -> line.contains("PostgreSQL listens on"))
                .anyMatch(line -> line.contains("Kafka listens on"))
                .hasSizeLessThan(30);
    }

    @AfterEach
    void killProcessesThatATestLeft() {
        application.destroyForcibly();
    }

    @Test
    void sigtermClosesTheApplicationFirstAndThenTheServers() throws Exception {
        int port = postgresPort();

        application.toHandle().destroy();

        assertThat(output.lines())
                .contains(RunningApplication.LAST_WORDS)
                .noneMatch(line -> line.contains("ERROR") || line.contains("Exception"));
        assertThat(application.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(folders("outbox-")).isEmpty();
        assertThat(LoopbackPort.free(port, "PostgreSQL", "")).isEqualTo(port);
    }

    @Test
    void sigkillLeavesOnlyFilesOfKafka() throws Exception {
        int port = postgresPort();

        application.destroyForcibly().waitFor();

        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
            assertThat(folders("outbox-"))
                    .hasSize(1)
                    .allMatch(folder -> folder.toString().contains("outbox-kafka-"));
            assertThat(LoopbackPort.free(port, "PostgreSQL", "")).isEqualTo(port);
        });
    }

    /** The fourth line of the file is the port (lock file format in miscadmin.h). */
    private int postgresPort() throws IOException {
        Path folder = folders("outbox-postgres-").get(0);
        return Integer.parseInt(
                Files.readAllLines(folder.resolve("data/postmaster.pid")).get(3).strip());
    }

    private List<Path> folders(String prefix) throws IOException {
        try (Stream<Path> folders = Files.list(temporary)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }
}
