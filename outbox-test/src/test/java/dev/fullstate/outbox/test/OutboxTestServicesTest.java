package dev.fullstate.outbox.test;

import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.kafka.core.KafkaAdmin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OutboxTestServicesTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withUserConfiguration(OutboxTestServices.class)
            .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, KafkaAutoConfiguration.class));

    @Test
    void springBootConnectsToTheServicesWhichStopWithTheContext() {
        contexts.withPropertyValues(
                        "spring.datasource.url=jdbc:postgresql://production/orders",
                        "spring.kafka.bootstrap-servers=production:9092")
                .run(context -> {
                    try (Connection connection =
                            context.getBean(DataSource.class).getConnection()) {
                        assertThat(connection.getMetaData().getURL()).startsWith("jdbc:postgresql://127.0.0.1:");
                    }
                    assertThat(context.getBean(KafkaAdmin.class).clusterId()).isNotBlank();
                    String url = context.getBean(JdbcConnectionDetails.class).getJdbcUrl();

                    context.close();

                    assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "postgres"))
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("refused");
                });
    }

    @Test
    void unknownKindOfServicesIsRefused() {
        contexts.withPropertyValues("outbox.test.services=docker")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("OutboxTestProperties.Services.docker"));
    }

    @Test
    void containersWithoutTestcontainersNameTheMissingArtifact() {
        contexts.withClassLoader(new FilteredClassLoader("org.testcontainers"))
                .withPropertyValues("outbox.test.services=containers")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("org.testcontainers:testcontainers-"));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void portInUseIsReportedWithThePropertyToChange(CapturedOutput output) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            SpringApplication application = new SpringApplication(OutboxTestServices.class);
            application.setWebApplicationType(WebApplicationType.NONE);

            assertThatThrownBy(() -> application.run("--outbox.test.postgres.port=" + taken.getLocalPort()))
                    .hasRootCauseInstanceOf(BindException.class);

            assertThat(output)
                    .contains("PostgreSQL did not start because port " + taken.getLocalPort() + " is in use.")
                    .contains("set outbox.test.postgres.port to another port");
        }
    }
}
