package dev.fullstate.outbox.monitor;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.Buyer;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The view that an operator has of a running service's outbox. */
class MonitorIT {

    static PostgresServer postgres;
    static ShopApplication shop;

    @Configuration(proxyBeanMethods = false)
    static class Users {

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(User.withUsername("operator")
                    .password("{noop}operator")
                    .authorities("ANY")
                    .build());
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        shop = ShopApplication.startWith(
                Users.class,
                postgres,
                "monitor",
                "spring.main.web-application-type=servlet",
                "server.port=0",
                "management.endpoints.web.exposure.include=outbox",
                "outbox.retention.check-interval=100ms");
        shop.run(em -> em.persist(new Buyer("b1", "Ada")));
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    private static HttpResponse<String> get(String credentials) throws Exception {
        String port = shop.bean(Environment.class).getRequiredProperty("local.server.port");
        byte[] encoded = Base64.getEncoder().encode(credentials.getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/outbox"))
                .header("Authorization", "Basic " + new String(encoded, StandardCharsets.US_ASCII))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @BeforeEach
    void writeAnEvent() {
        shop.run(em -> em.persist(new Purchase("ref", em.getReference(Buyer.class, "b1"))));
    }

    @Test
    void endpointShowsTheOutboxToAuthorizedCallers() throws Exception {
        assertThat(get("operator:wrong").statusCode()).isEqualTo(401);

        HttpResponse<String> response = get("operator:operator");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode state = JsonMapper.shared().readTree(response.body());
        assertThat(state.get("leaves").size()).isEqualTo(16);
        JsonNode today = state.get("leaves").get(0);
        assertThat(today.get("daysAgo").asInt()).isZero();
        assertThat(today.get("day").asString())
                .isEqualTo(shop.jdbc()
                        .sql("select (now() at time zone 'utc')::date::text")
                        .query(String.class)
                        .single());
        assertThat(state.get("pipelines").size()).isZero();
        assertThat(state.get("oldestUnpublished").asString()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        assertThat(state.get("retirement").get("period").asString()).isEqualTo("PT168H");
        assertThat(state.has("oldestUnpublishedAge")).isFalse();
    }

    @Test
    void metersFollowTheOutbox() {
        MeterRegistry meters = shop.bean(MeterRegistry.class);
        await().until(() -> {
            // A connection reports its rows to the statistics at the end of a transaction, and not each time.
            shop.jdbc().sql("select 1").query(Integer.class).single();
            return meters.get("outbox.rows").tag("days.ago", "0").gauge().value() >= 1;
        });
        assertThat(meters.get("outbox.size").tag("days.ago", "0").gauge().value())
                .isGreaterThan(
                        meters.get("outbox.size").tag("days.ago", "5").gauge().value());
        assertThat(meters.get("outbox.rows").gauges()).hasSize(16);
        await().until(() -> meters.get("outbox.unpublished.age").gauge().value() > 0);
        assertThat(meters.get("outbox.leaves.overdue").gauge().value()).isZero();
        assertThat(meters.get("outbox.leaves.retired").functionCounter().count())
                .isZero();

        shop.jdbc().sql(OutboxInsert.row().inLeafOf(10).sql()).update();
        await().until(() -> meters.get("outbox.leaves.overdue").gauge().value() == 1);
        shop.jdbc().sql("truncate outbox").update();
        await().until(() -> meters.get("outbox.leaves.overdue").gauge().value() == 0);
    }
}
