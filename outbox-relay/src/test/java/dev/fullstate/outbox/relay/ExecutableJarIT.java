package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.fullstate.outbox.harness.process.ChildJvm;

import static org.assertj.core.api.Assertions.assertThat;

/** Starts the relay from its executable jar, whose libraries come from Spring Boot's class loader. */
class ExecutableJarIT extends RelayIntegrationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest
    @CsvSource({"lz4, liblz4-java", "zstd, libzstd-jni", "snappy, libsnappyjava"})
    void compressesWithTheNativeLibrary(String compression, String library) throws SQLException, IOException {
        try (ChildJvm relay = start("--spring.kafka.producer.compression-type=" + compression)) {
            database.insert("a", "1");
            topic.await("a", 1, PATIENCE);
            assertThat(Path.of("/proc", Long.toString(relay.pid()), "maps"))
                    .content()
                    .contains(library);
        }
    }

    /** Returns the executable jar of this build. */
    static Path jar() throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of("target"), "outbox-relay-*-exec.jar")) {
            return jars.iterator().next();
        }
    }

    private ChildJvm start(String argument) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                jar().toAbsolutePath().toString(),
                argument));
        arguments.addAll(connectionArguments());
        return ChildJvm.start("relay-jar", folder, arguments, GRACE);
    }
}
