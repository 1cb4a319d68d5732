package dev.fullstate.outbox.test;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class QuietKafkaLogsTest {

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void brokerIsQuietByDefault() {
        postProcess();
        assertThat(environment.getProperty("logging.level.org.apache.kafka")).isEqualTo("warn");
        assertThat(environment.getProperty("logging.level.kafka")).isEqualTo("warn");
        assertThat(environment.getProperty("logging.level.org.apache.kafka.controller.QuorumController"))
                .isEqualTo("error");
        assertThat(environment.getProperty("logging.level.org.apache.kafka.clients.producer.internals.Sender"))
                .isEqualTo("error");
    }

    @Test
    void levelOfTheApplicationHasPrecedence() {
        environment.setProperty("logging.level.org.apache.kafka", "debug");
        postProcess();
        assertThat(environment.getProperty("logging.level.org.apache.kafka")).isEqualTo("debug");
        assertThat(environment.containsProperty("logging.level.org.apache.kafka.controller.QuorumController"))
                .isFalse();
    }

    private void postProcess() {
        new QuietKafkaLogs().postProcessEnvironment(environment, new SpringApplication());
    }
}
