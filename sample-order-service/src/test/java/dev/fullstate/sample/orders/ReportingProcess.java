package dev.fullstate.sample.orders;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The reporting service beside this one, as the deployment of its own that it is: a process with the class path that its build has
 * left, at the next port, with a database of its own on the same server. What it prints is printed here.
 *
 * <p>It starts when the order service is up, so as not to delay it, and is the first to stop. If this JVM is killed it ends too,
 * because its standard input does.
 */
public final class ReportingProcess implements SmartLifecycle {

    private static final String MAIN = "dev.fullstate.sample.reporting.DevReportingService";
    private static final String DATABASE = "reporting";
    private static final long STOP_SECONDS = 20;
    private static final int FIRST_PORT = 20_000;
    private static final int END_OF_PORTS = 32_000;
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final JdbcClient server;
    private final JdbcConnectionDetails postgres;
    private final KafkaConnectionDetails kafka;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;

    ReportingProcess(
            JdbcClient server, JdbcConnectionDetails postgres, KafkaConnectionDetails kafka, Environment environment) {
        this.server = server;
        this.postgres = postgres;
        this.kafka = kafka;
        int portOfOrders = environment.getProperty("server.port", Integer.class, 8080);
        this.port = portOfOrders == 0 ? anyFreePort() : portOfOrders + 1;
    }

    /** {@return where its HTTP API is} */
    public String url() {
        return "http://localhost:" + port;
    }

    /** {@return the URL of its database} */
    String jdbcUrl() {
        return postgres.getJdbcUrl().replaceFirst("/[^/?]+(\\?|$)", "/" + DATABASE + "$1");
    }

    @Override
    public synchronized void start() {
        createDatabase();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                classPath(),
                MAIN,
                "--server.port=" + port,
                "--spring.datasource.url=" + jdbcUrl(),
                "--spring.datasource.username=" + postgres.getUsername(),
                "--spring.datasource.password=" + postgres.getPassword(),
                "--spring.datasource.hikari.connection-timeout=60000",
                "--spring.kafka.bootstrap-servers=" + String.join(",", kafka.getBootstrapServers()));
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start the reporting service: " + command, e);
        }
        Process started = process;
        Thread output =
                new Thread(() -> started.inputReader().lines().forEach(System.out::println), "reporting output");
        output.setDaemon(true);
        output.start();
    }

    /** Asks the process to end, and waits; it still has its servers while it does. */
    @Override
    public synchronized void stop() {
        // Process.destroy() would close the standard input too, and so end it at once.
        process.toHandle().destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** {@return whether it answers, and finds itself healthy} */
    public boolean isHealthy() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/actuator/health"))
                .timeout(ANSWER)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            // Not up yet, or gone: isRunning() knows.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void createDatabase() {
        boolean exists = server.sql("select exists (select from pg_database where datname = ?)")
                .param(DATABASE)
                .query(Boolean.class)
                .single();
        if (!exists) {
            server.sql("create database " + DATABASE).update();
        }
    }

    /** Its classes, those of its dev mode, and its runtime dependencies; nothing of ours. */
    private static String classPath() {
        try {
            Path ours = Path.of(ReportingProcess.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path target =
                    ours.resolve("../../../sample-reporting-service/target").normalize();
            Path dependencies = target.resolve("runtime.classpath");
            if (Files.notExists(dependencies)) {
                throw new IllegalStateException(
                        dependencies
                                + " is not there. Build the reporting service: ./mvnw -Dfast -pl sample-order-service -am test-compile");
            }
            return String.join(
                    File.pathSeparator,
                    target.resolve("classes").toString(),
                    target.resolve("test-classes").toString(),
                    Files.readString(dependencies).strip());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("Could not find the reporting service beside this one", e);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the class path of the reporting service", e);
        }
    }

    /** Below the ports that the kernel gives to clients, any of which could take it before the process does. */
    private static int anyFreePort() {
        return ThreadLocalRandom.current()
                .ints(FIRST_PORT, END_OF_PORTS)
                .filter(ReportingProcess::isFree)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (BindException taken) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("No free port for the reporting service", e);
        }
    }
}
