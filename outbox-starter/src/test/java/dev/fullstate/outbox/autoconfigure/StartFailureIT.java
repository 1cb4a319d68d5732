package dev.fullstate.outbox.autoconfigure;

import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.unversioned.Unversioned;

import static org.assertj.core.api.Assertions.assertThat;

/** What cannot be captured fails the start, with the line that mends it. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureIT {

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = Unversioned.class)
    static class Application {}

    @Test
    void rootWithoutAVersionShowsTheLineToAdd(CapturedOutput output) {
        try (PostgresServer postgres = PostgresServer.start()) {
            try {
                new SpringApplicationBuilder(Application.class)
                        .run(
                                "--spring.main.web-application-type=none",
                                "--spring.datasource.url=" + postgres.jdbcUrl(),
                                "--spring.datasource.username=" + postgres.username(),
                                "--spring.datasource.password=" + postgres.password())
                        .close();
            } catch (RuntimeException e) {
                assertThat(e).hasStackTraceContaining(Unversioned.class.getName());
            }
        }

        assertThat(output.getOut().replace('\r', ' '))
                .contains("APPLICATION FAILED TO START")
                .contains(Unversioned.class.getName() + " has @PublishFullState but no @Version attribute")
                .contains("    @Version\n    private long version;")
                .contains("alter table unversioned add column version bigint not null default 0;"
                        .toUpperCase(Locale.ROOT)
                        .replace("UNVERSIONED", "unversioned")
                        .replace("VERSION BIGINT", "version bigint"));
    }
}
