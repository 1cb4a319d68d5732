package dev.fullstate.outbox.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.fragile.Fragile;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.unversioned.Unversioned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A start that fails shows the cause, and the line or statement that helps. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureIT {

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = Unversioned.class)
    static class WithoutAVersion {}

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = Fragile.class)
    static class WithAVersion {}

    /** Starts an application that fails, as expected; the analysis is in the output. */
    private static void start(
            Class<?> configuration, PostgresServer postgres, String username, String password, String... arguments) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(configuration)
                .properties(
                        "spring.main.web-application-type=none",
                        "spring.datasource.url=" + postgres.jdbcUrl(),
                        "spring.datasource.username=" + username,
                        "spring.datasource.password=" + password);
        assertThatThrownBy(() -> application.run(arguments)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void missingRightsShowTheGrants(CapturedOutput output) throws SQLException {
        try (PostgresServer postgres = PostgresServer.start()) {
            try (Connection admin = postgres.connect("postgres");
                    Statement statement = admin.createStatement()) {
                // Up to PostgreSQL 14, every role may.
                statement.execute("revoke create on schema public from public");
                statement.execute("create role poor login password 'poor'");
            }
            start(WithAVersion.class, postgres, "poor", "poor");
        }

        assertThat(output.getOut())
                .contains("APPLICATION FAILED TO START")
                .contains("public.outbox cannot be created: the application's role may not do so")
                .contains("GRANT USAGE, CREATE ON SCHEMA public TO poor;")
                .contains("GRANT CREATE ON DATABASE postgres TO poor;")
                .contains("outbox.schema.initialize=false");
    }

    @Test
    void rootWithoutAVersionShowsTheLineToAdd(CapturedOutput output) {
        try (PostgresServer postgres = PostgresServer.start()) {
            start(WithoutAVersion.class, postgres, postgres.username(), postgres.password());
        }

        assertThat(output.getOut())
                .contains("APPLICATION FAILED TO START")
                .contains(Unversioned.class.getName() + " has @PublishFullState but no @Version attribute")
                .contains("    @Version\n    private long version;")
                .contains("ALTER TABLE unversioned ADD COLUMN version bigint NOT NULL DEFAULT 0;");
    }

    @Test
    void rootThatIsMappedToAViewIsNamed(CapturedOutput output) throws SQLException {
        try (PostgresServer postgres = PostgresServer.start()) {
            try (Connection admin = postgres.connect("postgres");
                    Statement statement = admin.createStatement()) {
                statement.execute("create table stored (id int primary key, version int not null, text text)");
                statement.execute("create view fragile as select * from stored");
            }
            start(WithAVersion.class, postgres, postgres.username(), postgres.password());
        }

        assertThat(output.getOut())
                .contains("APPLICATION FAILED TO START")
                .contains("fragile is a view, a query or a foreign table")
                .contains("Map " + Fragile.class.getName() + " to the table itself");
    }

    @Test
    void sourceThatIsNotAUriIsNamedWithItsProperty(CapturedOutput output) {
        try (PostgresServer postgres = PostgresServer.start()) {
            start(WithAVersion.class, postgres, postgres.username(), postgres.password(), "--outbox.source=no uri");
        }

        assertThat(output.getOut())
                .contains("APPLICATION FAILED TO START")
                .contains("outbox.source with value 'no uri' is invalid: It has to be a URI reference");
    }
}
