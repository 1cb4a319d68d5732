package dev.fullstate.outbox.admin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.admin.Securities.ApiKeys;
import dev.fullstate.outbox.admin.Securities.EverythingPermitted;
import dev.fullstate.outbox.admin.Securities.LenientPaths;
import dev.fullstate.outbox.admin.Securities.PrefixedControllers;
import dev.fullstate.outbox.admin.Securities.Users;

import static dev.fullstate.outbox.admin.AdminApplication.JOB;
import static dev.fullstate.outbox.admin.AdminApplication.PATH;
import static dev.fullstate.outbox.admin.AdminApplication.and;
import static dev.fullstate.outbox.admin.AdminApplication.as;
import static org.assertj.core.api.Assertions.assertThat;

/** No spelling of a path and no body gets a request around the authority, and the endpoint takes JSON only. */
class AdminRequestsTest {

    private static final String[] ANONYMOUS = {};

    @Test
    void endpointFollowsTheContextPathAndTheServletPath() {
        try (AdminApplication application = AdminApplication.start(
                EverythingPermitted.class, "server.servlet.context-path=/shop", "spring.mvc.servlet.path=/api")) {
            application.assertAuthorityRequired("/shop/api", as("user"), as("admin"));
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

    /** Where our chain does not see the requests, no caller is authenticated, and the endpoint refuses by itself. */
    @Test
    void controllersBelowAPathPrefixRequireTheAuthorityToo() {
        try (AdminApplication application = AdminApplication.start(PrefixedControllers.class)) {
            assertThat(application.send("GET", "/v1/hello").statusCode()).isEqualTo(200);
            assertThat(application.send("GET", "/v1" + PATH).statusCode()).isEqualTo(401);
            assertThat(application.send("HEAD", "/v1" + PATH).statusCode()).isEqualTo(401);
            // The application's protection against forged requests refuses this one, before it reaches the endpoint.
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
                    for (String[] caller : List.of(ANONYMOUS, as("user"))) {
                        int status = application.send(method, path, caller).statusCode();
                        assertThat(status).as(method + " " + path).isBetween(400, 499);
                    }
                }
            }
            // A method without a handler has nothing to refuse; OPTIONS is answered, with the methods that there are.
            for (String method : new String[] {"PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"}) {
                assertThat(application.send(method, PATH).statusCode()).isNotEqualTo(202);
            }
            assertThat(application.requestCount()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {EverythingPermitted.class, ApiKeys.class})
    void bodyIsNotReadBeforeTheCallerIsAuthorized(Class<?> security) throws IOException {
        try (AdminApplication application =
                AdminApplication.start(security, "outbox.admin.security-filter-chain=" + (security != ApiKeys.class))) {
            String user = security == ApiKeys.class ? "X-Key: user" : String.join(": ", as("user"));
            assertThat(statusWithoutBody(application, "X-Anonymous: 1")).contains(" 401 ");
            assertThat(statusWithoutBody(application, user)).contains(" 403 ");
        }
    }

    /** Announces 50 MB and sends none of it. A server that reads the body first never answers. */
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
}
