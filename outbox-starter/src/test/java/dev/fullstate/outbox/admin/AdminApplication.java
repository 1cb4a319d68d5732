package dev.fullstate.outbox.admin;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.Republisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockingDetails;
import static org.mockito.Mockito.when;

/** An application with the security that a test gives it, on a real server; without a database, so that starts are quick. */
final class AdminApplication implements AutoCloseable {

    static final String PATH = "/admin/republish";
    static final UUID JOB = new UUID(0, 1);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Republisher republisher;
    private final ConfigurableApplicationContext context;

    private AdminApplication(Republisher republisher, ConfigurableApplicationContext context) {
        this.republisher = republisher;
        this.context = context;
    }

    static AdminApplication start(Class<?> security, String... properties) {
        Republisher republisher = republisher();
        return new AdminApplication(republisher, run(security, republisher, properties));
    }

    /** Starts the application without anything of the admin part. */
    static AdminApplication startWithoutAdmin(Class<?> security, String... properties) {
        return new AdminApplication(republisher(), run(security, null, properties));
    }

    private static ConfigurableApplicationContext run(
            Class<?> security, Republisher republisher, String... properties) {
        return new SpringApplicationBuilder(Application.class)
                .sources(security)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=warn",
                        "management.endpoints.web.exposure.include=health,outboxRepublish")
                .initializers(context -> {
                    if (republisher != null) {
                        ((GenericApplicationContext) context).registerBean(Republisher.class, () -> republisher);
                    }
                })
                .run(Stream.of(properties).map(property -> "--" + property).toArray(String[]::new));
    }

    private static Republisher republisher() {
        RepublishJob job = new RepublishJob(
                JOB,
                Job.State.QUEUED,
                null,
                null,
                null,
                false,
                false,
                List.of(),
                null,
                null,
                null,
                null,
                "test",
                Instant.EPOCH,
                null,
                null,
                List.of(),
                null);
        Republisher republisher = mock(Republisher.class);
        when(republisher.start(any(RepublishRequest.class), anyString())).thenReturn(JOB);
        when(republisher.find(JOB)).thenReturn(Optional.of(job));
        when(republisher.latest()).thenReturn(List.of(job));
        when(republisher.pause(eq(JOB), anyString())).thenReturn(Optional.of(job));
        when(republisher.resume(eq(JOB), anyString())).thenReturn(Optional.of(job));
        when(republisher.cancel(eq(JOB), anyString())).thenReturn(Optional.of(job));
        return republisher;
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {

        @Bean
        Hello hello() {
            return new Hello();
        }
    }

    @RestController
    static class Hello {

        @GetMapping("/hello")
        String hello() {
            return "hello";
        }

        @PostMapping("/hello")
        String change() {
            return "changed";
        }
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    int port() {
        return port("local.server.port");
    }

    int port(String property) {
        return context.getEnvironment().getRequiredProperty(property, Integer.class);
    }

    /** Returns the names of the callers for whom jobs were started or changed, in order. */
    List<String> callers() {
        return mockingDetails(republisher).getInvocations().stream()
                .map(invocation -> invocation.getArguments())
                .filter(arguments -> arguments.length == 2)
                .map(arguments -> (String) arguments[1])
                .toList();
    }

    /** Returns the number of all calls that reached the jobs. */
    int requestCount() {
        return (int) mockingDetails(republisher).getInvocations().stream()
                .filter(invocation -> List.of("start", "find", "latest", "pause", "resume", "cancel")
                                .contains(invocation.getMethod().getName())
                        && (invocation.getArguments().length > 0
                                || invocation.getMethod().getName().equals("latest")))
                .count();
    }

    HttpResponse<String> send(String method, String path, String... headers) {
        return send(port(), method, path, "", headers);
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        String[] all = Stream.concat(Stream.of("Content-Type", "application/json"), Stream.of(headers))
                .toArray(String[]::new);
        return send(port(), "POST", path, body, all);
    }

    static HttpResponse<String> send(int port, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Sends every request that the endpoint knows, without credentials, without the authority and with it. */
    void assertAuthorityRequired(String base, String[] without, String[] with) {
        String job = base + PATH + "/" + JOB;
        for (String[] request : new String[][] {
            {"POST", base + PATH},
            {"GET", base + PATH},
            {"HEAD", base + PATH},
            {"GET", job},
            {"HEAD", job},
            {"POST", job + "/pause"},
            {"POST", job + "/resume"},
            {"POST", job + "/cancel"},
        }) {
            String method = request[0];
            String path = request[1];
            int before = requestCount();
            assertThat(send(method, path).statusCode()).as(method + path).isEqualTo(401);
            assertThat(send(method, path, without).statusCode())
                    .as(method + path)
                    .isEqualTo(403);
            assertThat(requestCount()).as(method + path).isEqualTo(before);
            assertThat(send(method, path, with).statusCode())
                    .as(method + path)
                    .isEqualTo(method.equals("POST") && path.endsWith(PATH) ? 202 : 200);
            assertThat(requestCount()).as(method + path).isGreaterThan(before);
        }
    }

    /** Returns the header of HTTP basic, with the name as the password. */
    static String[] as(String user) {
        byte[] credentials = (user + ":" + user).getBytes(StandardCharsets.UTF_8);
        return new String[] {"Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials)};
    }

    static String[] and(String[] some, String[] others) {
        return Stream.concat(Stream.of(some), Stream.of(others)).toArray(String[]::new);
    }

    @Override
    public void close() {
        context.close();
    }
}
