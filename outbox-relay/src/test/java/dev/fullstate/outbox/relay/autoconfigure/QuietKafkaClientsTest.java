package dev.fullstate.outbox.relay.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class QuietKafkaClientsTest {

    private static final String VERSIONS = "logging.level.org.apache.kafka.common.utils.AppInfoParser";
    private static final String DUMPS = "logging.level.org.apache.kafka.common.config.AbstractConfig";

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void clientsDoNotLogTheirConfiguration() {
        postProcess();
        assertThat(environment.getProperty(DUMPS)).isEqualTo("warn");
        assertThat(environment.getProperty(VERSIONS)).isEqualTo("warn");
    }

    @Test
    void levelOfTheApplicationHasPrecedence() {
        environment.setProperty(DUMPS, "info");
        postProcess();
        assertThat(environment.getProperty(DUMPS)).isEqualTo("info");
        assertThat(environment.getProperty(VERSIONS)).isEqualTo("warn");
    }

    @Test
    void levelOfAParentLoggerHasPrecedence() {
        environment.setProperty("logging.level.org.apache.kafka", "debug");
        postProcess();
        assertThat(environment.getProperty(DUMPS)).isNull();
    }

    private void postProcess() {
        new QuietKafkaClients().postProcessEnvironment(environment, new SpringApplication());
    }
}
