package dev.fullstate.outbox.relay.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class QuietKafkaClientsTest {

    private static final String DUMPS = "logging.level.org.apache.kafka.common.config.AbstractConfig";

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void clientsDoNotSayWhatTheyAreMadeOf() {
        assertThat(level(DUMPS)).isEqualTo("warn");
        assertThat(level("logging.level.org.apache.kafka.common.utils.AppInfoParser"))
                .isEqualTo("warn");
    }

    @Test
    void levelOfTheApplicationHasPrecedence() {
        environment.setProperty(DUMPS, "info");
        assertThat(level(DUMPS)).isEqualTo("info");
    }

    @Test
    void levelOfALoggerAboveHasPrecedenceToo() {
        environment.setProperty("logging.level.org.apache.kafka", "debug");
        assertThat(level(DUMPS)).isNull();
    }

    private String level(String key) {
        new QuietKafkaClients().postProcessEnvironment(environment, new SpringApplication());
        return environment.getProperty(key);
    }
}
