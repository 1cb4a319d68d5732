package dev.fullstate.sample.orders.docs;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import dev.fullstate.sample.orders.ReportingProcess;
import dev.fullstate.sample.orders.SampleServices;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The requests of a page are answered, in its order, by the sample services with the users of dev mode. */
@SampleServices
class RequestBlocksIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Autowired
    private ReportingProcess reporting;

    /** The job that {@code JOB} stands for: the one that was started last. */
    private String job = "";

    static List<String> pages() {
        return CodeBlock.pages().stream()
                .filter(page -> CodeBlock.of(page).stream()
                        .anyMatch(block -> block.language().equals("sh")
                                && block.commands().stream().anyMatch(RequestBlocksIT::isRequest)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void requestsAreAnswered(String page) throws Exception {
        await().atMost(PATIENCE).until(reporting::isHealthy);
        // The job that a relay has made is any job here.
        run("curl -u admin:admin http://localhost:8080/admin/republish -H 'Content-Type: application/json'"
                + " -d '{\"aggregateTypes\":[\"order\"]}'");
        for (CodeBlock block : CodeBlock.of(page)) {
            if (block.language().equals("sh")) {
                for (String command : block.commands().stream()
                        .filter(RequestBlocksIT::isRequest)
                        .toList()) {
                    run(command);
                }
            }
        }
    }

    private static boolean isRequest(String command) {
        return command.startsWith("curl ");
    }

    private void run(String command) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder();
        String method = "GET";
        String body = "";
        List<String> urls = new ArrayList<>();
        List<String> words = words(command);
        for (int i = 1; i < words.size(); i++) {
            switch (words.get(i)) {
                case "-i", "-s" -> {}
                case "-X" -> method = words.get(++i);
                case "-u" -> request.header("Authorization", basic(words.get(++i)));
                case "-H" -> {
                    String[] header = words.get(++i).split(": ", 2);
                    request.header(header[0], header[1]);
                }
                case "-d" -> {
                    body = words.get(++i);
                    method = "POST";
                }
                default -> urls.add(words.get(i));
            }
        }
        assertThat(urls).as(command).isNotEmpty();
        for (String url : urls) {
            send(command, request.copy().method(method, BodyPublishers.ofString(body)), url);
        }
    }

    private void send(String command, HttpRequest.Builder request, String url) throws Exception {
        boolean start = url.endsWith("/admin/republish");
        if (start) {
            awaitEndOfJobs();
        }
        HttpResponse<String> response =
                http.send(request.uri(URI.create(real(url))).build(), BodyHandlers.ofString());

        // A job of a few orders may have ended before it can be paused, or is not paused; then the answer says so.
        assertThat(response.statusCode())
                .as("status of %s, with the body %s", command, response.body())
                .satisfiesAnyOf(
                        status -> assertThat(status).isBetween(200, 204),
                        status -> assertThat(url + status).matches(".*/(pause|resume)409"),
                        // Nothing is parked here; OperatorEndpointIT parks something.
                        status -> assertThat(url + status).matches(".*/admin/relay/(parked/retry|commands/1)404"));
        if (start) {
            job = response.headers().firstValue("Location").orElseThrow().replaceAll(".*/", "");
        }
    }

    /** The context is shared: no job may run on, or stay paused, when the next test starts one. */
    @AfterEach
    void awaitEndOfJobs() {
        await().atMost(PATIENCE).until(() -> {
            HttpRequest jobs = HttpRequest.newBuilder(URI.create(real("http://localhost:8080/admin/republish")))
                    .header("Authorization", basic("admin:admin"))
                    .build();
            String answer = http.send(jobs, BodyHandlers.ofString()).body();
            List<String> states = JsonPath.read(answer, "$..state");
            for (String paused : JsonPath.<List<String>>read(answer, "$..[?(@.state == 'PAUSED')].id")) {
                cancel(paused);
            }
            return states.stream().noneMatch(List.of("QUEUED", "RUNNING", "PAUSED")::contains);
        });
    }

    private void cancel(String id) throws Exception {
        http.send(
                HttpRequest.newBuilder(URI.create(real("http://localhost:8080/admin/republish/" + id + "/cancel")))
                        .header("Authorization", basic("admin:admin"))
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.discarding());
    }

    /** The services run on other ports than in dev mode, and in no one's domain. */
    private String real(String url) {
        return url.replaceFirst("^(http://localhost:8080|https://orders\\.example\\.com)", "http://localhost:" + port)
                .replaceFirst("^http://localhost:8081", reporting.url())
                .replace("JOB", job);
    }

    private static String basic(String user) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString(user.replace("...", "admin").getBytes(UTF_8));
    }

    private static List<String> words(String command) {
        return WORD.matcher(command)
                .results()
                .map((MatchResult word) -> word.group().replaceAll("^['\"]|['\"]$", ""))
                .toList();
    }
}
