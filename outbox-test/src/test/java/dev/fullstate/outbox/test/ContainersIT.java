package dev.fullstate.outbox.test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.core.KafkaAdmin;
import org.testcontainers.DockerClientFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The same as with embedded services, where there is Docker; skipped elsewhere. */
@EnabledIf(value = "dockerIsAvailable", disabledReason = "no Docker engine")
class ContainersIT {

    @Test
    void springBootConnectsToTheContainers() {
        new ApplicationContextRunner()
                .withUserConfiguration(OutboxTestServices.class)
                .withConfiguration(
                        AutoConfigurations.of(DataSourceAutoConfiguration.class, KafkaAutoConfiguration.class))
                .withPropertyValues("outbox.test.services=containers")
                .run(context -> {
                    try (Connection connection =
                                    context.getBean(DataSource.class).getConnection();
                            Statement statement = connection.createStatement();
                            ResultSet walLevel = statement.executeQuery("show wal_level")) {
                        walLevel.next();
                        assertThat(walLevel.getString(1)).isEqualTo("logical");
                    }
                    assertThat(context.getBean(KafkaAdmin.class).clusterId()).isNotBlank();
                });
    }

    static boolean dockerIsAvailable() {
        return DockerClientFactory.instance().isDockerAvailable();
    }
}
