package dev.fullstate.outbox.admin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.admin.Securities.ApiKeys;
import dev.fullstate.outbox.admin.Securities.EverythingPermitted;
import dev.fullstate.outbox.admin.Securities.FormLogin;
import dev.fullstate.outbox.admin.Securities.InterceptedControllers;
import dev.fullstate.outbox.admin.Securities.Jwt;
import dev.fullstate.outbox.admin.Securities.JwtAndUsers;
import dev.fullstate.outbox.admin.Securities.LenientPaths;
import dev.fullstate.outbox.admin.Securities.MethodSecurity;
import dev.fullstate.outbox.admin.Securities.NoChain;
import dev.fullstate.outbox.admin.Securities.OpaqueTokens;
import dev.fullstate.outbox.admin.Securities.PrefixedControllers;
import dev.fullstate.outbox.admin.Securities.RulesForEveryChain;
import dev.fullstate.outbox.admin.Securities.Users;

import static dev.fullstate.outbox.admin.AdminApplication.JOB;
import static dev.fullstate.outbox.admin.AdminApplication.PATH;
import static dev.fullstate.outbox.admin.AdminApplication.as;
import static org.assertj.core.api.Assertions.assertThat;

/** Whatever an application does about security: the admin endpoint is for those with the authority, and all else is as it was. */
class AdminSecurityTest {

    private static final String ACTUATOR = "/actuator/outboxRepublish";
    private static final String[] NOBODY = {};
    private static final String[] ROLES_AS_AUTHORITIES = {
        "spring.security.oauth2.resourceserver.jwt.authorities-claim-name=roles",
        "spring.security.oauth2.resourceserver.jwt.authority-prefix="
    };

    /** Every request there is, with and without what it takes. */
    private static void requiresTheAuthority(
            AdminApplication application, String base, String[] without, String[] with) {
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
            int before = application.requestCount();
            assertThat(application.send(method, path).statusCode())
                    .as(method + path)
                    .isEqualTo(401);
            assertThat(application.send(method, path, without).statusCode())
                    .as(method + path)
                    .isEqualTo(403);
            assertThat(application.requestCount()).as(method + path).isEqualTo(before);
            assertThat(application.send(method, path, with).statusCode())
                    .as(method + path)
                    .isEqualTo(method.equals("POST") && path.endsWith(PATH) ? 202 : 200);
            assertThat(application.requestCount()).as(method + path).isGreaterThan(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Users.class,
                EverythingPermitted.class,
                FormLogin.class,
                MethodSecurity.class,
                InterceptedControllers.class
            })
    void adminEndpointIsForUsersWithTheAuthority(Class<?> security) {
        try (AdminApplication application = AdminApplication.start(security)) {
            requiresTheAuthority(application, "", as("user"), as("admin"));

            assertThat(application.callers()).containsOnly("admin");
            HttpResponse<String> stranger = application.send("POST", PATH, as("stranger"));
            assertThat(stranger.statusCode()).isEqualTo(401);
            assertThat(stranger.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(stranger.body()).contains("OUTBOX_ADMIN");
            assertThat(stranger.headers().allValues("WWW-Authenticate")).containsExactly("Basic realm=\"outbox\"");
            assertThat(application.send("POST", PATH).headers().allValues("WWW-Authenticate"))
                    .containsExactly("Basic realm=\"outbox\"");
            assertThat(stranger.headers().firstValue("Set-Cookie")).isEmpty();
        }
    }

    @Test
    void rulesThatTheApplicationHasForEveryChainAreKept() {
        try (AdminApplication application = AdminApplication.start(RulesForEveryChain.class)) {
            requiresTheAuthority(application, "", as("user"), as("admin"));
        }
    }

    @Test
    void adminEndpointIsForTokensWithTheAuthority() {
        try (AdminApplication application = AdminApplication.start(Jwt.class, ROLES_AS_AUTHORITIES)) {
            Instant later = Instant.now().plusSeconds(3600);
            requiresTheAuthority(
                    application,
                    "",
                    Jwt.token("eve", later, "OTHER"),
                    Jwt.token("alice", later, "OTHER", "OUTBOX_ADMIN"));

            assertThat(application.callers()).containsOnly("alice");
            HttpResponse<String> expired = application.send(
                    "POST", PATH, Jwt.token("alice", Instant.now().minusSeconds(3600), "OUTBOX_ADMIN"));
            assertThat(expired.statusCode()).isEqualTo(401);
            assertThat(expired.headers().allValues("WWW-Authenticate")).containsExactly("Bearer");
            assertThat(application.send("POST", PATH, as("admin")).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void adminEndpointTakesTokensBesidePasswords() {
        try (AdminApplication application = AdminApplication.start(JwtAndUsers.class, ROLES_AS_AUTHORITIES)) {
            requiresTheAuthority(application, "", as("user"), as("admin"));
            assertThat(application
                            .send("POST", PATH, Jwt.token("", Instant.now().plusSeconds(3600), "OUTBOX_ADMIN"))
                            .statusCode())
                    .isEqualTo(202);
            assertThat(application.send("POST", PATH).headers().allValues("WWW-Authenticate"))
                    .containsExactly("Basic realm=\"outbox\"", "Bearer");
        }
    }

    @Test
    void adminEndpointTakesTokensThatOnlyTheirIssuerUnderstands() {
        try (AdminApplication application = AdminApplication.start(OpaqueTokens.class)) {
            String[] user = {"Authorization", "Bearer user"};
            String[] admin = {"Authorization", "Bearer admin"};
            requiresTheAuthority(application, "", user, admin);
            assertThat(application
                            .send("POST", PATH, "Authorization", "Bearer x")
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void anotherWayToLogInNeedsTheApplicationsOwnChain() {
        String[] user = {"X-Key", "user"};
        String[] admin = {"X-Key", "admin"};
        try (AdminApplication ours = AdminApplication.start(ApiKeys.class);
                AdminApplication theirs =
                        AdminApplication.start(ApiKeys.class, "outbox.admin.security-filter-chain=false")) {
            assertThat(ours.send("POST", PATH, admin).statusCode()).isEqualTo(401);
            requiresTheAuthority(theirs, "", user, admin);
            assertThat(theirs.callers()).containsOnly("admin");
        }
    }

    @Test
    void withoutOurChainTheApplicationsRulesAgainstForgedRequestsHold() {
        try (AdminApplication application =
                AdminApplication.start(FormLogin.class, "outbox.admin.security-filter-chain=false")) {
            String session = login(application);

            assertThat(application.send("GET", PATH, "Cookie", session).statusCode())
                    .isEqualTo(200);
            assertThat(application.send("POST", PATH, "Cookie", session).statusCode())
                    .isEqualTo(403);
            assertThat(application.callers()).isEmpty();
        }
    }

    @Test
    void sessionOfTheApplicationIsNoWayIn() {
        try (AdminApplication application = AdminApplication.start(FormLogin.class)) {
            String session = login(application);

            assertThat(application.send("GET", "/hello", "Cookie", session).statusCode())
                    .isEqualTo(200);
            assertThat(application.send("POST", PATH, "Cookie", session).statusCode())
                    .isEqualTo(401);
            assertThat(application.send("GET", PATH, "Cookie", session).statusCode())
                    .isEqualTo(401);
        }
    }

    private static String login(AdminApplication application) {
        HttpResponse<String> form = application.send("GET", "/login");
        Matcher token = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"").matcher(form.body());
        assertThat(token.find()).as(form.body()).isTrue();
        HttpResponse<String> loggedIn = AdminApplication.send(
                application.port(),
                "POST",
                "/login",
                "username=admin&password=admin&_csrf=" + token.group(1),
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Cookie",
                cookie(form));
        assertThat(loggedIn.headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).doesNotContain("error"));
        return cookie(loggedIn);
    }

    private static String cookie(HttpResponse<String> response) {
        return response.headers()
                .firstValue("Set-Cookie")
                .map(cookie -> cookie.substring(0, cookie.indexOf(";")))
                .orElseThrow();
    }

    @Test
    void passwordThatABrowserRemembersIsOfNoUseToPagesFromElsewhere() {
        try (AdminApplication application = AdminApplication.start(Users.class)) {
            String[] elsewhere = {"Origin", "https://evil.example"};
            String[] here = {"Origin", "http://localhost:" + application.port()};
            String[] behindProxy = {"Origin", "https://orders.example", "Sec-Fetch-Site", "same-origin"};

            HttpResponse<String> forged = application.send("POST", PATH, and(elsewhere, as("admin")));

            assertThat(forged.statusCode()).isEqualTo(403);
            assertThat(forged.body()).contains("another origin");
            assertThat(application
                            .send("POST", PATH, and(new String[] {"Origin", "null"}, as("admin")))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(application.callers()).isEmpty();
            assertThat(application.send("POST", PATH, and(here, as("admin"))).statusCode())
                    .isEqualTo(202);
            assertThat(application
                            .send("POST", PATH, and(behindProxy, as("admin")))
                            .statusCode())
                    .isEqualTo(202);
        }
    }

    private static String[] and(String[] some, String[] others) {
        return Stream.concat(Stream.of(some), Stream.of(others)).toArray(String[]::new);
    }

    @Test
    void pathsOfTheApplicationsServletsAreKnown() {
        try (AdminApplication application = AdminApplication.start(
                EverythingPermitted.class, "server.servlet.context-path=/shop", "spring.mvc.servlet.path=/api")) {
            requiresTheAuthority(application, "/shop/api", as("user"), as("admin"));
            assertThat(application
                            .send("POST", "/shop/api" + PATH, as("admin"))
                            .headers()
                            .firstValue("Location"))
                    .contains("/shop/api" + PATH + "/" + JOB);
            for (String path : new String[] {PATH, "/api" + PATH, "/shop" + PATH}) {
                assertThat(application.send("GET", path, as("admin")).statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
        }
    }

    /** Where our chain does not see them, nobody is authenticated, and the endpoint refuses by itself. */
    @Test
    void controllersThatAreMovedElsewhereAskForTheAuthorityToo() {
        try (AdminApplication application = AdminApplication.start(PrefixedControllers.class)) {
            assertThat(application.send("GET", "/v1/hello").statusCode()).isEqualTo(200);
            assertThat(application.send("GET", "/v1" + PATH).statusCode()).isEqualTo(401);
            assertThat(application.send("HEAD", "/v1" + PATH).statusCode()).isEqualTo(401);
            // This one the application's protection against forged requests refuses, before it comes to the endpoint.
            assertThat(application.send("POST", "/v1" + PATH).statusCode()).isBetween(400, 499);
            assertThat(application.requestCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {EverythingPermitted.class, LenientPaths.class})
    void noSpellingOfThePathGetsAroundTheAuthority(Class<?> security) {
        try (AdminApplication application = AdminApplication.start(security)) {
            assertThat(application.send("GET", "/HELLO").statusCode())
                    .isEqualTo(security == LenientPaths.class ? 200 : 404);
            for (String path : new String[] {
                PATH + "/",
                "/" + PATH,
                "/admin//republish",
                "/admin/./republish",
                "/admin/x/../republish",
                "/admin/%72epublish",
                "/admin/republish;x=1",
                "/admin;x=1/republish",
                "/admin/republish%2f",
                "/admin/republish/%2e%2e/republish",
                "/admin/%2e%2e/admin/republish",
                "/admin/republish.json",
                "/ADMIN/REPUBLISH",
                "/Admin/Republish/" + JOB,
                PATH + "/" + JOB + "/",
                PATH + "/" + JOB + "/%70ause",
                PATH + "?_method=GET",
                "/hello/..;/admin/republish"
            }) {
                for (String method : new String[] {"GET", "POST"}) {
                    for (String[] caller : List.of(NOBODY, as("user"))) {
                        int status = application.send(method, path, caller).statusCode();
                        assertThat(status).as(method + " " + path).isBetween(400, 499);
                    }
                }
            }
            // What no handler is for has nothing to refuse; OPTIONS is answered, with the methods that there are.
            for (String method : new String[] {"PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"}) {
                assertThat(application.send(method, PATH).statusCode()).isNotEqualTo(202);
            }
            assertThat(application.requestCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {EverythingPermitted.class, ApiKeys.class})
    void bodyIsNotReadBeforeTheCallerIsKnownToBeAllowed(Class<?> security) throws IOException {
        try (AdminApplication application =
                AdminApplication.start(security, "outbox.admin.security-filter-chain=" + (security != ApiKeys.class))) {
            String user = security == ApiKeys.class ? "X-Key: user" : String.join(": ", as("user"));
            assertThat(statusWithoutBody(application, "X-Nobody: 1")).contains(" 401 ");
            assertThat(statusWithoutBody(application, user)).contains(" 403 ");
        }
    }

    /** Announces 50 MB and sends none of it. Whoever reads the body first never answers. */
    private static String statusWithoutBody(AdminApplication application, String header) throws IOException {
        try (Socket socket = new Socket("localhost", application.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + header + "\r\nContent-Length: 50000000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void bodyHasToBeJsonAndOfBoundedSize() {
        try (AdminApplication application = AdminApplication.start(Users.class)) {
            assertThat(application
                            .post(PATH, "{\"aggregateTypes\":[\"" + "x".repeat(4_000_000) + "\"]}", as("admin"))
                            .statusCode())
                    .isEqualTo(413);
            assertThat(application.post(PATH, "[".repeat(100_000), as("admin")).statusCode())
                    .isEqualTo(400);
            assertThat(application
                            .post(PATH, "{\"dryRun\":true,\"dryRun\":false}", as("admin"))
                            .statusCode())
                    .isEqualTo(400);
            assertThat(application.post(PATH, "null", as("admin")).statusCode()).isEqualTo(400);
            for (String type : new String[] {
                "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "nonsense"
            }) {
                for (String body : new String[] {"{\"dryRun\":true}", "dryRun=true", ""}) {
                    assertThat(AdminApplication.send(
                                            application.port(),
                                            "POST",
                                            PATH,
                                            body,
                                            and(new String[] {"Content-Type", type}, as("admin")))
                                    .statusCode())
                            .as(type + " " + body)
                            .isEqualTo(415);
                }
            }
            assertThat(AdminApplication.send(application.port(), "POST", PATH, "{}", as("admin"))
                            .statusCode())
                    .isEqualTo(415);
            assertThat(application.callers()).isEmpty();
            assertThat(application.post(PATH, "{\"dryRun\":true}", as("admin")).statusCode())
                    .isEqualTo(202);
        }
    }

    @Test
    void actuatorAsksForTheAuthorityAlsoWhereItIsPermittedToAllAndOnAPortOfItsOwn() {
        try (AdminApplication application = AdminApplication.start(ApiKeys.class, "management.server.port=0")) {
            int port = application.port("local.management.port");
            String one = ACTUATOR + "/" + JOB;
            for (String[] request : new String[][] {
                {"GET", ACTUATOR, ""},
                {"GET", one, ""},
                {"POST", ACTUATOR, "{}"},
                {"POST", one, "{\"action\":\"pause\"}"}
            }) {
                String[] json = {"Content-Type", "application/json"};
                assertThat(AdminApplication.send(port, request[0], request[1], request[2], json)
                                .statusCode())
                        .as(request[1])
                        .isEqualTo(401);
                assertThat(AdminApplication.send(port, request[0], request[1], request[2], and(json, new String[] {
                                    "X-Key", "user"
                                }))
                                .statusCode())
                        .as(request[1])
                        .isEqualTo(403);
                assertThat(AdminApplication.send(port, request[0], request[1], request[2], and(json, new String[] {
                                    "X-Key", "admin"
                                }))
                                .statusCode())
                        .as(request[1])
                        .isEqualTo(200);
            }
            assertThat(application.callers()).containsExactly("admin", "admin");
            assertThat(application.send("GET", ACTUATOR, "X-Key", "admin").statusCode())
                    .isEqualTo(404);
            assertThat(AdminApplication.send(port, "GET", PATH, "", "X-Key", "admin")
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void withSpringSecurityNothingOpensTheEndpoint() {
        try (AdminApplication application =
                        AdminApplication.start(EverythingPermitted.class, "outbox.admin.allow-unauthenticated=true");
                AdminApplication withoutAnyChain = AdminApplication.start(
                        NoChain.class,
                        "outbox.admin.allow-unauthenticated=true",
                        "outbox.admin.security-filter-chain=false")) {
            requiresTheAuthority(application, "", as("user"), as("admin"));
            assertThat(withoutAnyChain.send("GET", PATH).statusCode()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Users.class,
                EverythingPermitted.class,
                FormLogin.class,
                RulesForEveryChain.class,
                NoChain.class,
                Jwt.class,
                JwtAndUsers.class,
                OpaqueTokens.class,
                ApiKeys.class
            })
    void nothingElseOfTheApplicationsSecurityChanges(Class<?> security) {
        try (AdminApplication with = AdminApplication.start(security, ROLES_AS_AUTHORITIES);
                AdminApplication without = AdminApplication.startWithoutAdmin(security, ROLES_AS_AUTHORITIES)) {
            String[] token = Jwt.token("alice", Instant.now().plusSeconds(3600), "OUTBOX_ADMIN");
            for (String path : new String[] {
                "/hello",
                "/nothing",
                "/login",
                "/error",
                "/admin/other",
                "/admin/republished",
                "/actuator/health",
                "/hello;x=1"
            }) {
                for (String method : new String[] {"GET", "POST"}) {
                    for (String[] caller : List.of(
                            NOBODY,
                            as("admin"),
                            as("stranger"),
                            token,
                            new String[] {"X-Key", "admin"},
                            and(as("user"), new String[] {"Origin", "https://evil.example"}),
                            new String[] {"Accept", "text/html"})) {
                        assertThat(seen(with.send(method, path, caller)))
                                .as("%s %s %s", method, path, List.of(caller))
                                .isEqualTo(seen(without.send(method, path, caller)));
                    }
                }
            }
        }
    }

    /** What a caller can tell an answer by, without what differs from one answer to the next. */
    private static List<Object> seen(HttpResponse<String> response) {
        Map<String, List<String>> headers = response.headers().map();
        return List.of(
                response.statusCode(),
                headers.keySet().stream()
                        .filter(name -> !name.equals("content-length"))
                        .toList(),
                masked(headers.getOrDefault("www-authenticate", List.of())),
                masked(headers.getOrDefault("location", List.of())),
                headers.getOrDefault("allow", List.of()),
                headers.getOrDefault("cache-control", List.of()));
    }

    private static List<String> masked(List<String> values) {
        return values.stream()
                .map(value ->
                        value.replaceFirst("localhost:\\d+", "localhost").replaceFirst("jsessionid=\\w+", "jsessionid"))
                .toList();
    }
}
