package dev.fullstate.outbox.admin;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.UUID;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The admin endpoint is for callers with the authority, with any security of the application. */
class AdminIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String PATH = "/admin/republish";
    private static final String ACTUATOR = "/actuator/outboxRepublish";
    private static final String[] WEB = {
        "spring.main.web-application-type=servlet",
        "server.port=0",
        "outbox.republish.lock-timeout=100ms",
        "management.endpoints.web.exposure.include=health,outboxRepublish"
    };

    static PostgresServer postgres;
    static ShopApplication withoutChain;
    static ShopApplication withOpenChain;
    static ShopApplication withBasicChain;

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        withoutChain = ShopApplication.startWith(Users.class, postgres, "without_chain", WEB);
        withOpenChain = ShopApplication.startWith(OpenChain.class, postgres, "open_chain", WEB);
        withBasicChain = ShopApplication.startWith(BasicChain.class, postgres, "basic_chain", WEB);
    }

    @AfterAll
    static void stop() {
        withoutChain.close();
        withOpenChain.close();
        withBasicChain.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Users {

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("admin")
                            .password("{noop}admin")
                            .authorities("OUTBOX_ADMIN")
                            .build(),
                    User.withUsername("user")
                            .password("{noop}user")
                            .authorities("OTHER")
                            .build());
        }

        @Bean
        Hello hello() {
            return new Hello();
        }
    }

    /** An application that permits everything. */
    @Configuration(proxyBeanMethods = false)
    static class OpenChain extends Users {

        @Bean
        SecurityFilterChain everythingPermitted(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
    }

    /** An application that authenticates its callers, and permits them everything. */
    @Configuration(proxyBeanMethods = false)
    static class BasicChain extends Users {

        @Bean
        SecurityFilterChain everybodyKnown(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .httpBasic(Customizer.withDefaults())
                    .csrf(AbstractHttpConfigurer::disable)
                    .build();
        }
    }

    @RestController
    static class Hello {

        @GetMapping("/hello")
        String hello() {
            return "hello";
        }
    }

    private static HttpResponse<String> send(
            ShopApplication application, String method, String path, String user, String body) throws Exception {
        String port = application.bean(Environment.class).getRequiredProperty("local.server.port");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!user.isEmpty()) {
            byte[] credentials = (user + ":" + user).getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(ShopApplication application, String user, String body) throws Exception {
        return send(application, "POST", PATH, user, body);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    @Test
    void callersWithoutCredentialsGet401AndThoseWithoutTheAuthority403() throws Exception {
        for (ShopApplication application : new ShopApplication[] {withoutChain, withOpenChain}) {
            assertThat(post(application, "", "{}").statusCode()).isEqualTo(401);
            assertThat(post(application, "stranger", "{}").statusCode()).isEqualTo(401);
            assertThat(post(application, "user", "{}").statusCode()).isEqualTo(403);
            assertThat(send(application, "GET", PATH + "/" + new UUID(0, 0), "user", "")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(post(application, "user", "{").statusCode()).isEqualTo(403);
            assertThat(application
                            .jdbc()
                            .sql("select count(*) from outbox_job")
                            .query(Integer.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    void refusalIsAProblemDocumentThatNamesTheAuthority() throws Exception {
        HttpResponse<String> refusal = post(withOpenChain, "user", "{}");

        assertThat(refusal.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(json(refusal).get("detail").asString()).contains("user", "OUTBOX_ADMIN");
    }

    @Test
    void restOfTheApplicationsSecurityIsUnchanged() throws Exception {
        assertThat(send(withoutChain, "GET", "/hello", "", "").statusCode()).isEqualTo(401);
        assertThat(send(withoutChain, "GET", "/hello", "user", "").statusCode()).isEqualTo(200);
        assertThat(send(withOpenChain, "GET", "/hello", "", "").statusCode()).isEqualTo(200);
    }

    @Test
    void adminStartsAJobAndSeesItEnd() throws Exception {
        withoutChain.run(em -> em.persist(new Purchase("ref", null)));

        HttpResponse<String> started = post(withoutChain, "admin", "{\"aggregateTypes\":[\"purchase\"]}");

        assertThat(started.statusCode()).isEqualTo(202);
        String location = started.headers().firstValue("Location").orElseThrow();
        assertThat(location).startsWith(PATH + "/");
        JsonNode job = await().until(
                        () -> json(send(withoutChain, "GET", location, "admin", "")),
                        now -> now.get("state").asString().equals("COMPLETED"));
        assertThat(job.get("publishedCount").asInt()).isEqualTo(1);
        assertThat(job.get("requestedBy").asString()).isEqualTo("admin");
    }

    @Test
    void invalidRequestIsRefusedAndStartsNoJob() throws Exception {
        int before = withOpenChain
                .jdbc()
                .sql("select count(*) from outbox_job")
                .query(Integer.class)
                .single();

        for (String body : new String[] {
            "{\"aggregateTypes\":[\"nonsense\"]}",
            "{\"aggregateTypes\":\"purchase\"}",
            "{\"aggregateTypes\":null}",
            "{\"types\":[\"purchase\"]}",
            "{\"aggregateTypes\":[\"purchase\"],\"ids\":[1]}",
            "{\"aggregateTypes\":[\"purchase\"],\"ids\":[]}",
            "{\"aggregateTypes\":[\"purchase\"],\"ids\":[\"no-uuid\"]}",
            "{\"ids\":[\"" + new UUID(0, 0) + "\"]}",
            "{\"aggregateTypes\":[\"purchase\"],\"ids\":[\"" + new UUID(0, 0)
                    + "\"],\"changedSince\":\"2026-01-01T00:00:00Z\"}",
            "{\"changedSince\":\"yesterday\"}",
            "{\"changedSince\":\"2999-01-01T00:00:00Z\"}",
            "{\"changedSince\":\"2000-01-01T00:00:00+01:00\"}",
            "{\"ratePerSecond\":0}",
            "{\"ratePerSecond\":1.5}",
            "{\"ratePerSecond\":\"1\"}",
            "{\"dryRun\":\"yes\"}",
            "{\"tombstones\":true}",
            "{",
            "[1]"
        }) {
            HttpResponse<String> refusal = post(withOpenChain, "admin", body);
            assertThat(refusal.statusCode()).as(body).isEqualTo(400);
            assertThat(refusal.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
        assertThat(send(withOpenChain, "GET", PATH + "/nonsense", "admin", "").statusCode())
                .isEqualTo(404);
        assertThat(send(withOpenChain, "GET", PATH + "/" + new UUID(0, 0), "admin", "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(withOpenChain
                        .jdbc()
                        .sql("select count(*) from outbox_job")
                        .query(Integer.class)
                        .single())
                .isEqualTo(before);
    }

    private static String startHeldJob() throws Exception {
        withBasicChain.run(em -> em.persist(new Purchase("held", null)));
        HttpResponse<String> started = post(withBasicChain, "admin", "{\"aggregateTypes\":[\"purchase\"]}");
        assertThat(started.statusCode()).isEqualTo(202);
        return started.headers().firstValue("Location").orElseThrow();
    }

    private static HttpResponse<String> control(String location, String action) throws Exception {
        return send(withBasicChain, "POST", location + "/" + action, "admin", "");
    }

    @Test
    void jobIsPausedResumedAndCancelledWhereItsStateAllowsIt() throws Exception {
        withBasicChain.run(em -> em.persist(new Purchase("held", null)));
        try (Connection writer = postgres.connect("basic_chain");
                Statement lock = writer.createStatement()) {
            writer.setAutoCommit(false);
            lock.execute("select 1 from purchase for update");
            String location = startHeldJob();

            assertThat(json(control(location, "pause")).get("state").asString()).isEqualTo("PAUSED");
            HttpResponse<String> twice = control(location, "pause");
            assertThat(twice.statusCode()).isEqualTo(409);
            assertThat(json(twice).get("state").asString()).isEqualTo("PAUSED");
            HttpResponse<String> again = post(withBasicChain, "admin", "{\"aggregateTypes\":[\"purchase\",\"seat\"]}");
            assertThat(again.statusCode()).isEqualTo(409);
            assertThat(again.headers().firstValue("Location")).contains(location);
            assertThat(json(again).get("id").asString()).isEqualTo(location.substring(PATH.length() + 1));
            assertThat(control(location, "resume").statusCode()).isEqualTo(200);
            assertThat(json(control(location, "cancel")).get("state").asString())
                    .isEqualTo("CANCELLED");
            assertThat(control(location, "resume").statusCode()).isEqualTo(409);
        }
        assertThat(control(PATH + "/" + new UUID(0, 0), "pause").statusCode()).isEqualTo(404);
        assertThat(control(PATH + "/nonsense", "cancel").statusCode()).isEqualTo(404);
    }

    @Test
    void historyIsForAdminsOnly() throws Exception {
        String location = startHeldJob();

        JsonNode history = json(send(withBasicChain, "GET", PATH, "admin", ""));

        assertThat(history.get(0).get("id").asString()).isEqualTo(location.substring(PATH.length() + 1));
        assertThat(history.get(0).get("actions").get(0).get("actor").asString()).isEqualTo("admin");
        assertThat(history.get(0).get("types").get(0).get("aggregateType").asString())
                .isEqualTo("purchase");
        for (String path : new String[] {PATH, ACTUATOR}) {
            assertThat(send(withOpenChain, "GET", path, "", "").statusCode())
                    .as(path)
                    .isEqualTo(401);
            assertThat(send(withBasicChain, "GET", path, "user", "").statusCode())
                    .as(path)
                    .isEqualTo(403);
        }
        for (String action : new String[] {"pause", "resume", "cancel"}) {
            assertThat(send(withBasicChain, "POST", location + "/" + action, "user", "")
                            .statusCode())
                    .isEqualTo(403);
        }
        await().until(() -> json(send(withBasicChain, "GET", location, "admin", ""))
                .get("state")
                .asString()
                .equals("COMPLETED"));
    }

    @Test
    void actuatorShowsAndStartsJobsForAdmins() throws Exception {
        HttpResponse<String> started = send(
                withBasicChain, "POST", ACTUATOR, "admin", "{\"aggregateTypes\":\"purchase,seat\",\"dryRun\":true}");
        assertThat(started.statusCode()).as(started.body()).isEqualTo(200);
        String one = ACTUATOR + "/" + json(started).get("id").asString();
        JsonNode job = await().until(
                        () -> json(send(withBasicChain, "GET", one, "admin", "")),
                        now -> now.get("state").asString().equals("COMPLETED"));

        assertThat(job.get("dryRun").asBoolean()).isTrue();
        assertThat(json(send(withBasicChain, "GET", ACTUATOR, "admin", "")).get(0))
                .isEqualTo(job);
        assertThat(send(withBasicChain, "POST", one, "admin", "{\"action\":\"pause\"}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(send(withBasicChain, "POST", one, "admin", "{\"action\":\"stop\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(send(withBasicChain, "POST", ACTUATOR, "admin", "{\"aggregateTypes\":\"nonsense\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(send(withBasicChain, "GET", ACTUATOR + "/" + new UUID(0, 0), "admin", "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(send(withBasicChain, "POST", ACTUATOR, "user", "{}").statusCode())
                .isEqualTo(403);
    }
}
