package dev.fullstate.outbox.admin;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.admin.Securities.ApiKeys;
import dev.fullstate.outbox.admin.Securities.EverythingPermitted;
import dev.fullstate.outbox.admin.Securities.FormLogin;
import dev.fullstate.outbox.admin.Securities.Jwt;
import dev.fullstate.outbox.admin.Securities.JwtAndUsers;
import dev.fullstate.outbox.admin.Securities.NoChain;
import dev.fullstate.outbox.admin.Securities.OpaqueTokens;
import dev.fullstate.outbox.admin.Securities.RulesForEveryChain;
import dev.fullstate.outbox.admin.Securities.Users;

import static dev.fullstate.outbox.admin.AdminApplication.and;
import static dev.fullstate.outbox.admin.AdminApplication.as;
import static org.assertj.core.api.Assertions.assertThat;

/** With the admin part, all other paths of an application answer as they do without it. */
class UnchangedSecurityTest {

    private static final String[] ANONYMOUS = {};

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
    void allOtherPathsAnswerAsWithoutTheAdminPart(Class<?> security) {
        try (AdminApplication with = AdminApplication.start(security, Jwt.ROLES_AS_AUTHORITIES);
                AdminApplication without = AdminApplication.startWithoutAdmin(security, Jwt.ROLES_AS_AUTHORITIES)) {
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
                            ANONYMOUS,
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

    /** Returns the parts of an answer that a caller can tell it by, without those that differ from one answer to the next. */
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
