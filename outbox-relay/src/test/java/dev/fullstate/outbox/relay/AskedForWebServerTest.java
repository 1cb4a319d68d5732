package dev.fullstate.outbox.relay;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** Starts the application of the executable jar, with the relay switched off: it has a web server where something asks for one. */
class AskedForWebServerTest {

    @ParameterizedTest
    @ValueSource(strings = {"--server.port=0", "--spring.main.web-application-type=servlet --server.port=0"})
    void portAsksForAWebServer(String options) {
        try (ConfigurableApplicationContext application = run(options)) {
            assertThat(application)
                    .isInstanceOfSatisfying(
                            WebServerApplicationContext.class,
                            web -> assertThat(web.getWebServer().getPort()).isPositive());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--management.endpoint.health.show-details=always",
                "--server.port=0 --spring.main.web-application-type=none"
            })
    void withoutAPortThereIsNoneNorWhereTheTypeSaysSo(String options) {
        try (ConfigurableApplicationContext application = run(options)) {
            assertThat(application).isNotInstanceOf(WebServerApplicationContext.class);
        }
    }

    private static ConfigurableApplicationContext run(String options) {
        return RelayApplication.application(exit -> {})
                .run(Stream.concat(Stream.of("--outbox.relay.enabled=false"), Stream.of(options.split(" ", -1)))
                        .toArray(String[]::new));
    }
}
