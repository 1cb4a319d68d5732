package dev.fullstate.sample.reporting;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** In dev mode nothing else stops this process when the one that has started it was killed: the kernel then closes its input. */
class EndsWithItsStarterIT {

    private ServerSocket database;
    private Process service;

    @BeforeEach
    void startService() throws IOException {
        database = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        service = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DevReportingService.class.getName(),
                        "--spring.datasource.url=jdbc:postgresql://127.0.0.1:%d/reporting"
                                .formatted(database.getLocalPort()),
                        "--spring.datasource.hikari.connection-timeout=600000")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @AfterEach
    void killService() throws IOException {
        service.destroyForcibly();
        database.close();
    }

    @Test
    void closedInputEndsItEvenWhileItStarts() throws Exception {
        Socket unanswered = database.accept();
        assertThat(service.isAlive()).isTrue();

        service.getOutputStream().close();

        assertThat(service.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(service.exitValue()).isZero();
        unanswered.close();
    }
}
