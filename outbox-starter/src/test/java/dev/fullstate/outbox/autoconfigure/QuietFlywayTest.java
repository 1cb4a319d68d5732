package dev.fullstate.outbox.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/** The class path of these tests has no Flyway of Spring Boot's. */
class QuietFlywayTest {

    private static final String LEVEL = "logging.level.org.flywaydb";

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void flywayIsQuietWhereOnlyTheOutboxUsesIt() {
        postProcess();
        assertThat(environment.getProperty(LEVEL)).isEqualTo("warn");
    }

    @Test
    void levelOfTheApplicationHasPrecedence() {
        environment.setProperty(LEVEL, "debug");
        postProcess();
        assertThat(environment.getProperty(LEVEL)).isEqualTo("debug");
    }

    private void postProcess() {
        new QuietFlyway().postProcessEnvironment(environment, new SpringApplication());
    }
}
