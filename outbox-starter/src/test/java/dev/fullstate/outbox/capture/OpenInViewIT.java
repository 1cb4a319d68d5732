package dev.fullstate.outbox.capture;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests over HTTP, each with the session that Spring Boot opens unless it is told not to. */
@ExtendWith(OutputCaptureExtension.class)
class OpenInViewIT {

    private static final long SEED = Long.getLong("outbox.test.seed", 20260101);
    private static final int REQUESTS = 100;
    private static final int AT_A_TIME = 4;

    @Configuration(proxyBeanMethods = false)
    static class Web {

        @Bean
        Requests requests() {
            return new Requests();
        }

        @Bean
        SecurityFilterChain everybody(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
    }

    @RestController
    static class Requests {

        private final AtomicReference<RandomRequests> requests = new AtomicReference<>();
        private final AtomicReference<ShopApplication> shop = new AtomicReference<>();

        @GetMapping("/requests/{number}")
        void serve(@PathVariable long number) {
            requests.get().serve(LongSession.ofRequest(shop.get()), new Random(SEED + number));
        }
    }

    @Test
    void requestPublishesTheCommittedChangesOfItsTransactions(CapturedOutput output) throws Exception {
        try (PostgresServer postgres =
                        PostgresServer.start(0, Map.of("deadlock_timeout", "20ms", "lock_timeout", "2s"));
                ShopApplication shop = ShopApplication.startWith(
                        Web.class,
                        postgres,
                        "web",
                        "spring.main.web-application-type=servlet",
                        "server.port=0",
                        "logging.level.org.hibernate=off",
                        "logging.level.org.hibernate.orm.session=warn")) {
            CommittedStates states = CommittedStates.watch(shop.jdbc());
            RandomRequests requests = new RandomRequests(shop, 4);
            requests.create();
            shop.bean(Requests.class).requests.set(requests);
            shop.bean(Requests.class).shop.set(shop);
            int before = output.getAll().length();

            String port = shop.bean(Environment.class).getRequiredProperty("local.server.port");
            HttpClient client = HttpClient.newHttpClient();
            for (int first = 0; first < REQUESTS; first += AT_A_TIME) {
                IntStream.range(first, first + AT_A_TIME)
                        .mapToObj(number -> get(client, port, number))
                        .toList()
                        .forEach(CompletableFuture::join);
            }

            assertThat(states.violations()).isEmpty();
            assertThat(requests.leftovers()).isEmpty();
            assertThat(output.getAll().substring(before)).doesNotContain("WARN", "ERROR");
            assertThat(requests.outcomes().get("committed")).isGreaterThan(25);
            assertThat(requests.outcomes().get("rolled back")).isGreaterThan(25);
        }
    }

    private static CompletableFuture<Void> get(HttpClient client, String port, int number) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/requests/" + number))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString())
                .thenAccept(response -> assertThat(response.statusCode()).isEqualTo(200));
    }
}
