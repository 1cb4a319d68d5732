package dev.fullstate.outbox.relay.autoconfigure;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

import dev.fullstate.outbox.relay.kafka.KafkaSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** With what the relay's clients connect: as the application's producers do, and with what is set for admin clients alone. */
class KafkaClientsTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class, SslAutoConfiguration.class, KafkaAutoConfiguration.class))
            .withUserConfiguration(RelaySettingsConfiguration.class)
            .withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:1/nowhere");

    @Test
    void whatAllClientsHaveInCommonIsNotForAdminClientsAlone() {
        runner.withPropertyValues(
                        "spring.kafka.bootstrap-servers=broker:1",
                        "spring.kafka.security.protocol=SASL_SSL",
                        "spring.kafka.properties.sasl.mechanism=PLAIN")
                .run(context -> {
                    assertThat(kafka(context).admin()).isEmpty();
                    assertThat(kafka(context).producer().get())
                            .containsEntry("bootstrap.servers", List.of("broker:1"))
                            .containsEntry("security.protocol", "SASL_SSL")
                            .containsEntry("sasl.mechanism", "PLAIN");
                });
    }

    @Test
    void serversAndSecurityThatAreSetForProducersAloneCount() {
        runner.withPropertyValues(
                        "spring.kafka.producer.bootstrap-servers=broker:2",
                        "spring.kafka.producer.security.protocol=SSL",
                        "spring.kafka.producer.ssl.trust-store-location=file:/trusted.p12")
                .run(context -> {
                    assertThat(kafka(context).admin()).isEmpty();
                    assertThat(kafka(context).producer().get()).containsEntry("bootstrap.servers", List.of("broker:2"));
                });
    }

    @Test
    void whatIsSetForAdminClientsPrevails() {
        runner.withPropertyValues(
                        "spring.kafka.security.protocol=SSL",
                        "spring.kafka.admin.security.protocol=SASL_SSL",
                        "spring.kafka.admin.properties.request.timeout.ms=300")
                .run(context -> assertThat(kafka(context).admin())
                        .containsOnly(
                                Map.entry("security.protocol", "SASL_SSL"), Map.entry("request.timeout.ms", "300")));
    }

    @Test
    void settingForAdminClientsPrevailsAlsoIfAllOtherClientsHaveTheSame() {
        runner.withPropertyValues(
                        "spring.kafka.security.protocol=SSL",
                        "spring.kafka.admin.security.protocol=SSL",
                        "spring.kafka.producer.security.protocol=SASL_SSL")
                .run(context -> assertThat(kafka(context).admin()).containsEntry("security.protocol", "SSL"));
    }

    @Test
    void bundleOfAllClientsIsTheProducersAndOneForAdminClientsPrevails() {
        ApplicationContextRunner withBundles = runner.withPropertyValues(
                "spring.ssl.bundle.jks.ours.truststore.type=PKCS12",
                "spring.ssl.bundle.jks.theirs.truststore.type=JKS");
        withBundles.withPropertyValues("spring.kafka.ssl.bundle=ours").run(context -> {
            assertThat(kafka(context).admin()).isEmpty();
            assertThat(kafka(context).producer().get()).containsKey(SslBundle.class.getName());
        });
        withBundles
                .withPropertyValues("spring.kafka.ssl.bundle=ours", "spring.kafka.admin.ssl.bundle=theirs")
                .run(context -> assertThat(kafka(context).admin())
                        .containsEntry(
                                SslBundle.class.getName(),
                                context.getBean(SslBundles.class).getBundle("theirs")));
    }

    @Test
    void adminClientOfTheApplicationsOwnPrevailsInWhatItHasOfItsOwn() {
        runner.withUserConfiguration(OwnAdmin.class)
                .withPropertyValues("spring.kafka.bootstrap-servers=broker:1")
                .run(context -> assertThat(kafka(context).admin())
                        .containsOnly(
                                Map.entry("bootstrap.servers", "broker:3"), Map.entry("security.protocol", "SSL")));
    }

    @Test
    void connectionDetailsReachTheProducerAndSoAllClients() {
        runner.withUserConfiguration(OwnDetails.class)
                .withPropertyValues("spring.kafka.bootstrap-servers=broker:1")
                .run(context -> {
                    assertThat(kafka(context).admin()).isEmpty();
                    assertThat(kafka(context).producer().get()).containsEntry("bootstrap.servers", List.of("broker:4"));
                });
    }

    @Test
    void passwordThatTheProducerFactoryLearnsIsInTheNextConnection() {
        runner.run(context -> {
            KafkaSettings kafka = kafka(context);
            ((DefaultKafkaProducerFactory<?, ?>) context.getBean(ProducerFactory.class))
                    .updateConfigs(Map.of("sasl.jaas.config", "new"));
            assertThat(kafka.producer().get()).containsEntry("sasl.jaas.config", "new");
        });
    }

    private static KafkaSettings kafka(ApplicationContext context) {
        return context.getBean(PublisherSettings.class).kafka();
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnAdmin {

        @Bean
        KafkaAdmin admin() {
            return new KafkaAdmin(Map.of("bootstrap.servers", "broker:3", "security.protocol", "SSL"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnDetails {

        @Bean
        KafkaConnectionDetails details() {
            return () -> List.of("broker:4");
        }
    }
}
