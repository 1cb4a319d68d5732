package dev.fullstate.sample.orders.access;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

import dev.fullstate.sample.orders.OrdersApi;
import dev.fullstate.sample.orders.WholeService;

import static org.assertj.core.api.Assertions.assertThat;

@WholeService
class AccessIT {

    @Autowired
    private OrdersApi api;

    @Test
    void ordersAreOpen() {
        assertThat(api.get(api.newOrder())).hasStatus(200);
    }

    @Test
    void allOtherPathsRequireALogin() {
        assertThat(api.get("/actuator"))
                .hasStatus(401)
                .headers()
                .hasHeaderSatisfying(
                        "WWW-Authenticate",
                        values -> assertThat(values).singleElement().asString().startsWith("Basic "));
        assertThat(api.get("/no-such-page")).hasStatus(401);
        assertThat(api.getAs("nobody", "/actuator")).hasStatus(401);
        assertThat(api.getAs("user", "/actuator")).hasStatus(200);
    }

    @Test
    void noSessionIsKept() {
        assertThat(api.getAs("user", "/actuator")).doesNotContainHeader("Set-Cookie");
    }

    @Test
    void healthIsOpenAndItsDetailsAreForTheAdministrator() {
        assertThat(api.get("/actuator/health")).bodyJson().hasPath("$.status").doesNotHavePath("$.components");
        assertThat(api.getAs("user", "/actuator/health")).bodyJson().doesNotHavePath("$.components");
        assertThat(api.getAs("admin", "/actuator/health")).bodyJson().hasPath("$.components.db");
    }

    @Test
    void metersAreOpen() {
        assertThat(api.get("/actuator/prometheus"))
                .hasStatus(200)
                .bodyText()
                .contains("outbox_unpublished_age_seconds");
    }

    @Test
    void outboxIsForTheAdministrator() {
        assertThat(api.get("/admin/republish")).hasStatus(401);
        assertThat(api.post("/admin/republish", "{\"dryRun\": true}")).hasStatus(401);
        assertThat(api.postAs("user", "/admin/republish", "{\"dryRun\": true}")).hasStatus(403);
        assertThat(api.getAs("user", "/admin/republish")).hasStatus(403);
        assertThat(api.postAs("admin", "/admin/republish", "{\"dryRun\": true}"))
                .hasStatus(202)
                .bodyJson()
                .extractingPath("$.requestedBy")
                .isEqualTo("admin");
        assertThat(api.getAs("admin", "/admin/republish")).hasStatus(200);
    }

    @Test
    void whatTheRelayCannotPublishIsForTheAdministrator() {
        assertThat(api.get("/admin/relay/parked")).hasStatus(401);
        assertThat(api.post("/admin/relay/parked/release", "{\"all\": true}")).hasStatus(401);
        assertThat(api.getAs("user", "/admin/relay/parked")).hasStatus(403);
        assertThat(api.postAs("user", "/admin/relay/parked/release", "{\"all\": true}"))
                .hasStatus(403);
        assertThat(api.getAs("admin", "/admin/relay/parked"))
                .hasStatus(200)
                .bodyText()
                .isEqualTo("[]");
        assertThat(api.postAs("admin", "/admin/relay/parked/release", "{\"all\": true}"))
                .hasStatus(404);
    }
}
