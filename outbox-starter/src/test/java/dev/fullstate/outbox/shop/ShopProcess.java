package dev.fullstate.outbox.shop;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.SpringApplication;

import dev.fullstate.outbox.test.PostgresServer;

/** The shop as a process of its own, on a database that exists already. It can be killed, and made to stand still. */
public final class ShopProcess implements AutoCloseable {

    private final Process process;

    private ShopProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param name of its log, and of its connections as the database shows them
     */
    public static ShopProcess start(String name, PostgresServer postgres, String database, String... properties) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ShopProcess.class.getName(),
                "--spring.datasource.url=" + postgres.jdbcUrl(database),
                "--spring.datasource.username=" + postgres.username(),
                "--spring.datasource.password=" + postgres.password(),
                "--spring.datasource.hikari.data-source-properties.ApplicationName=" + name,
                "--spring.application.name=shop",
                "--spring.main.web-application-type=none",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn"));
        for (String property : properties) {
            command.add("--" + property);
        }
        try {
            Files.createDirectories(Path.of("target"));
            return new ShopProcess(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Path.of("target", name + ".log").toFile())
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start " + name, e);
        }
    }

    /** Runs until the other end of its input is closed, or the process is killed. */
    public static void main(String[] arguments) throws IOException {
        SpringApplication.run(ShopApplication.Configuration.class, arguments);
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    /** SIGKILL. Returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("Process " + process.pid() + " survived SIGKILL");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the end of process " + process.pid(), e);
        }
    }

    /** SIGSTOP: it stands still with all its connections, as a host does that has lost its network. */
    public void standStill() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void goOn() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            if (new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                            .start()
                            .waitFor()
                    != 0) {
                throw new IllegalStateException("SIG" + signal + " did not reach process " + process.pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not send SIG" + signal, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending SIG" + signal, e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
