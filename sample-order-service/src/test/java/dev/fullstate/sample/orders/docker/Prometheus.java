package dev.fullstate.sample.orders.docker;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.server.Ports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** A Prometheus server, and its tool, as this machine has them: in the folder of the property {@value #HOME}, or else on the path. */
final class Prometheus implements AutoCloseable {

    static final String INSTALLED = "dev.fullstate.sample.orders.docker.Prometheus#isInstalledOrRequired";
    static final String MISSING =
            "prometheus and promtool are neither in the folder of -Dprometheus.home= nor on the PATH;"
                    + " Debian has them in the package prometheus";

    private static final String HOME = "prometheus.home";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long STOP_SECONDS = 30;

    private final Process process;
    private final Path log;
    private final String url;
    private final HttpClient http = HttpClient.newHttpClient();

    private Prometheus(Process process, Path log, String url) {
        this.process = process;
        this.log = log;
        this.url = url;
    }

    /** {@return whether there is anything to test: with the profile {@code prometheus}, tests run without the programs too, and fail} */
    static boolean isInstalledOrRequired() {
        return Boolean.getBoolean("prometheus.required")
                || (find("prometheus").isPresent() && find("promtool").isPresent());
    }

    private static String program(String name) {
        return find(name).orElseThrow(() -> new AssertionError(MISSING)).toString();
    }

    private static Optional<Path> find(String name) {
        String folders = System.getProperty(HOME, System.getenv("PATH"));
        return Arrays.stream(folders.split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Runs promtool to its end, and expects that it finds nothing to complain of. */
    static void check(String input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program("promtool")));
        command.addAll(List.of(arguments));
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var stdin = tool.outputWriter(UTF_8)) {
            stdin.write(input);
        }
        String output = new String(tool.getInputStream().readAllBytes(), UTF_8);
        assertThat(tool.waitFor())
                .as("%s:%n%s", String.join(" ", command), output)
                .isZero();
    }

    /** Starts a server that keeps its data and its log beside its configuration. */
    static Prometheus start(Path configuration) throws IOException {
        String address = "127.0.0.1:" + Ports.free();
        Path log = configuration.resolveSibling("prometheus.log");
        Process process = new ProcessBuilder(
                        program("prometheus"),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + configuration.resolveSibling("data"),
                        "--web.listen-address=" + address)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Prometheus(process, log, "http://" + address);
    }

    /** Returns what the server answers to a query for this moment, as one element for each series. */
    JsonNode query(String expression) {
        return get("/api/v1/query?query=" + encode(expression)).get("result");
    }

    /** Returns what the server answers to a query for the last half hour, as a panel asks. */
    JsonNode queryRange(String expression) {
        long now = System.currentTimeMillis() / 1000;
        return get("/api/v1/query_range?query=%s&start=%d&end=%d&step=5"
                        .formatted(encode(expression), now - TimeUnit.MINUTES.toSeconds(30), now))
                .get("result");
    }

    /** Returns the values that a label has in the series of a meter. */
    JsonNode labelValues(String meter, String label) {
        return get("/api/v1/label/%s/values?%s=%s".formatted(label, encode("match[]"), encode(meter)));
    }

    JsonNode alerts() {
        return get("/api/v1/alerts").get("alerts");
    }

    JsonNode rules() {
        return get("/api/v1/rules").get("groups");
    }

    private JsonNode get(String path) {
        try {
            String body = http.send(
                            HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString())
                    .body();
            JsonNode answer = JSON.readTree(body);
            assertThat(answer.path("status").asString())
                    .as("%s: %s", path, body)
                    .isEqualTo("success");
            return answer.get("data");
        } catch (IOException e) {
            throw notReached(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while asking Prometheus", e);
        }
    }

    private RuntimeException notReached(IOException cause) {
        try {
            return process.isAlive()
                    ? new UncheckedIOException("Prometheus does not answer", cause)
                    : new IllegalStateException("Prometheus has ended:\n" + Files.readString(log), cause);
        } catch (IOException e) {
            return new UncheckedIOException("Prometheus has ended, and its log could not be read", e);
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
