package dev.fullstate.outbox.admin;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.admin.Securities.ApiKeys;
import dev.fullstate.outbox.admin.Securities.EverythingPermitted;
import dev.fullstate.outbox.admin.Securities.FormLogin;
import dev.fullstate.outbox.admin.Securities.InterceptedControllers;
import dev.fullstate.outbox.admin.Securities.Jwt;
import dev.fullstate.outbox.admin.Securities.JwtAndUsers;
import dev.fullstate.outbox.admin.Securities.MethodSecurity;
import dev.fullstate.outbox.admin.Securities.NoChain;
import dev.fullstate.outbox.admin.Securities.OpaqueTokens;
import dev.fullstate.outbox.admin.Securities.RulesForEveryChain;
import dev.fullstate.outbox.admin.Securities.Users;

import static dev.fullstate.outbox.admin.AdminApplication.JOB;
import static dev.fullstate.outbox.admin.AdminApplication.PATH;
import static dev.fullstate.outbox.admin.AdminApplication.and;
import static dev.fullstate.outbox.admin.AdminApplication.as;
import static org.assertj.core.api.Assertions.assertThat;

/** The admin endpoint is for callers with the authority, however the application authenticates them. */
class AdminSecurityTest {

    private static final String ACTUATOR = "/actuator/outboxRepublish";

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
            application.assertAuthorityRequired("", as("user"), as("admin"));

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
    void applicationsRulesForEveryChainAreKept() {
        try (AdminApplication application = AdminApplication.start(RulesForEveryChain.class)) {
            application.assertAuthorityRequired("", as("user"), as("admin"));
        }
    }

    @Test
    void adminEndpointIsForTokensWithTheAuthority() {
        try (AdminApplication application = AdminApplication.start(Jwt.class, Jwt.ROLES_AS_AUTHORITIES)) {
            Instant later = Instant.now().plusSeconds(3600);
            application.assertAuthorityRequired(
                    "", Jwt.token("eve", later, "OTHER"), Jwt.token("alice", later, "OTHER", "OUTBOX_ADMIN"));

            assertThat(application.callers()).containsOnly("alice");
            HttpResponse<String> expired = application.send(
                    "POST", PATH, Jwt.token("alice", Instant.now().minusSeconds(3600), "OUTBOX_ADMIN"));
            assertThat(expired.statusCode()).isEqualTo(401);
            assertThat(expired.headers().allValues("WWW-Authenticate")).containsExactly("Bearer");
            assertThat(application.send("POST", PATH, as("admin")).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void adminEndpointTakesTokensAndPasswords() {
        try (AdminApplication application = AdminApplication.start(JwtAndUsers.class, Jwt.ROLES_AS_AUTHORITIES)) {
            application.assertAuthorityRequired("", as("user"), as("admin"));
            assertThat(application
                            .send("POST", PATH, Jwt.token("", Instant.now().plusSeconds(3600), "OUTBOX_ADMIN"))
                            .statusCode())
                    .isEqualTo(202);
            assertThat(application.send("POST", PATH).headers().allValues("WWW-Authenticate"))
                    .containsExactly("Basic realm=\"outbox\"", "Bearer");
        }
    }

    @Test
    void adminEndpointTakesOpaqueTokens() {
        try (AdminApplication application = AdminApplication.start(OpaqueTokens.class)) {
            String[] user = {"Authorization", "Bearer user"};
            String[] admin = {"Authorization", "Bearer admin"};
            application.assertAuthorityRequired("", user, admin);
            assertThat(application
                            .send("POST", PATH, "Authorization", "Bearer x")
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void customAuthenticationNeedsTheApplicationsOwnChain() {
        String[] user = {"X-Key", "user"};
        String[] admin = {"X-Key", "admin"};
        try (AdminApplication ours = AdminApplication.start(ApiKeys.class);
                AdminApplication theirs =
                        AdminApplication.start(ApiKeys.class, "outbox.admin.security-filter-chain=false")) {
            assertThat(ours.send("POST", PATH, admin).statusCode()).isEqualTo(401);
            theirs.assertAuthorityRequired("", user, admin);
            assertThat(theirs.callers()).containsOnly("admin");
        }
    }

    @Test
    void withoutOurChainTheApplicationsCsrfProtectionHolds() {
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
    void sessionOfTheApplicationDoesNotOpenTheEndpoint() {
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
    void passwordRememberedByABrowserIsUselessToOtherOrigins() {
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

    @Test
    void actuatorRequiresTheAuthorityEvenWherePermittedToAllAndOnAPortOfItsOwn() {
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
    void withSpringSecurityNoSettingOpensTheEndpoint() {
        try (AdminApplication application =
                        AdminApplication.start(EverythingPermitted.class, "outbox.admin.allow-unauthenticated=true");
                AdminApplication withoutAnyChain = AdminApplication.start(
                        NoChain.class,
                        "outbox.admin.allow-unauthenticated=true",
                        "outbox.admin.security-filter-chain=false")) {
            application.assertAuthorityRequired("", as("user"), as("admin"));
            assertThat(withoutAnyChain.send("GET", PATH).statusCode()).isEqualTo(401);
        }
    }
}
