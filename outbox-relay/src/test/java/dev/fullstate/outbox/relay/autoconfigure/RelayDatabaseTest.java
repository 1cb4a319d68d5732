package dev.fullstate.outbox.relay.autoconfigure;

import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.relay.wal.ConnectionDetails;
import dev.fullstate.outbox.relay.wal.WalSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** Which database the relay reads, and as whom, with all the ways in which an application can say it. */
class RelayDatabaseTest {

    private static final String URL = "jdbc:postgresql://127.0.0.1:1/nowhere";
    private static final String OTHER_URL = "jdbc:postgresql://127.0.0.1:1/other";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, KafkaAutoConfiguration.class))
            .withUserConfiguration(RelaySettingsConfiguration.class);

    private final ApplicationContextRunner withProperties = runner.withPropertyValues(
            "spring.datasource.url=" + URL,
            "spring.datasource.username=application",
            "spring.datasource.password=secret");

    @Test
    void connectionDetailsPrevailOverTheProperties() {
        withProperties
                .withUserConfiguration(OwnDetails.class)
                .withPropertyValues("spring.datasource.hikari.username=pool")
                .run(context -> assertThat(database(context)).isEqualTo(details(OTHER_URL, "details", "their secret")));
    }

    @Test
    void addressAndRoleOfTheRelayPrevailOverTheApplications() {
        withProperties
                .withPropertyValues("outbox.relay.url=" + OTHER_URL, "outbox.relay.username=replicator")
                .run(context -> assertThat(database(context)).isEqualTo(details(OTHER_URL, "replicator", "secret")));
    }

    @Test
    void whatThePoolIsConfiguredToConnectWithPrevailsAsItDoesInTheApplication() {
        withProperties
                .withPropertyValues(
                        "spring.datasource.hikari.jdbc-url=" + OTHER_URL,
                        "spring.datasource.hikari.username=pool",
                        "spring.datasource.hikari.password=its secret",
                        "spring.datasource.hikari.data-source-properties.sslmode=verify-full")
                .run(context -> assertThat(database(context))
                        .isEqualTo(new ConnectionDetails(
                                OTHER_URL, "pool", "its secret", Map.of("sslmode", "verify-full"))));
    }

    @Test
    void propertiesOfThePoolsDriverAreNotForAnotherAddress() {
        withProperties
                .withPropertyValues(
                        "spring.datasource.hikari.data-source-properties.wrapperPlugins=failover",
                        "outbox.relay.url=" + OTHER_URL)
                .run(context -> assertThat(database(context).driverProperties()).isEmpty());
    }

    @Test
    void roleInTheUrlPrevailsUnlessTheRelayHasItsOwn() {
        withProperties
                .withPropertyValues("outbox.relay.url=" + URL + "?user=url&password=hidden")
                .run(context -> {
                    assertThat(database(context).username()).isEqualTo("url");
                    assertThat(database(context).password()).isEqualTo("hidden");
                });
        withProperties
                .withPropertyValues("outbox.relay.url=" + URL + "?user=url", "outbox.relay.username=replicator")
                .run(context -> assertThat(database(context).username()).isEqualTo("replicator"));
    }

    @Test
    void passwordIsReadAtEachConnection() {
        withProperties.run(context -> {
            WalSettings settings = context.getBean(WalSettings.class);
            context.getBean(DataSourceProperties.class).setPassword("rotated");
            assertThat(settings.database().get().password()).isEqualTo("rotated");
        });
        runner.withUserConfiguration(OwnDetails.class).run(context -> {
            WalSettings settings = context.getBean(WalSettings.class);
            context.getBean(OwnDetails.class).password = "rotated";
            assertThat(settings.database().get().password()).isEqualTo("rotated");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:aws-wrapper:postgresql://db:5432/orders?wrapperPlugins=iam, jdbc:postgresql://db:5432/orders",
        "jdbc:otel:postgresql://db/orders, jdbc:postgresql://db/orders",
        "jdbc:p6spy:postgresql://db/orders, jdbc:postgresql://db/orders",
        "jdbc-secretsmanager:postgresql://db/orders, jdbc:postgresql://host:port/database",
        "jdbc:tc:postgresql:18:///orders?TC_DAEMON=true, jdbc:postgresql://host:port/database",
        "jdbc:postgresql://db:port/orders, jdbc:postgresql://host:port/database",
        "jdbc:h2:mem:orders, jdbc:postgresql://host:port/database"
    })
    void urlOfAnotherDriverFailsTheStartWithTheUrlToSet(String url, String remedy) {
        runner.withPropertyValues("spring.datasource.url=" + url)
                .run(context -> assertThat(analysis(context.getStartupFailure()))
                        .extracting(FailureAnalysis::getDescription, FailureAnalysis::getAction)
                        .satisfiesExactly(
                                description -> assertThat(description)
                                        .asString()
                                        .contains("spring.datasource.url is '" + url.replaceAll("\\?.*", "") + "'"),
                                action -> assertThat(action)
                                        .asString()
                                        .contains("outbox.relay.url=" + remedy, "outbox.relay.username")));
    }

    @Test
    void urlOfAnotherDriverIsNamedByItsSource() {
        withProperties
                .withPropertyValues("spring.datasource.hikari.jdbc-url=jdbc:tc:postgresql:18:///orders")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageStartingWith("spring.datasource.hikari.jdbc-url is 'jdbc:tc:"));
        runner.withUserConfiguration(WrappedDetails.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageStartingWith("the URL of the application's JdbcConnectionDetails is"));
    }

    @Test
    void withAUrlOfTheRelaysOwnTheApplicationMayUseAnyDriver() {
        runner.withPropertyValues(
                        "spring.datasource.url=jdbc:aws-wrapper:postgresql://db/orders",
                        "spring.datasource.username=application",
                        "outbox.relay.url=" + URL)
                .run(context -> assertThat(database(context)).isEqualTo(details(URL, "application", null)));
    }

    private static FailureAnalysis analysis(@Nullable Throwable failure) {
        return Objects.requireNonNull(
                new DatabaseSetupFailureAnalyzer().analyze(Objects.requireNonNull(failure, "The start succeeds")));
    }

    private static ConnectionDetails database(ApplicationContext context) {
        return context.getBean(WalSettings.class).database().get();
    }

    private static ConnectionDetails details(String url, String username, @Nullable String password) {
        return new ConnectionDetails(url, username, password, Map.of());
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnDetails {

        String password = "their secret";

        @Bean
        JdbcConnectionDetails details() {
            return new Details(OTHER_URL) {

                @Override
                public String getPassword() {
                    return password;
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WrappedDetails {

        @Bean
        JdbcConnectionDetails details() {
            return new Details("jdbc:otel:postgresql://db/orders");
        }
    }

    private static class Details implements JdbcConnectionDetails {

        private final String url;

        Details(String url) {
            this.url = url;
        }

        @Override
        public String getUsername() {
            return "details";
        }

        @Override
        public String getPassword() {
            return "secret";
        }

        @Override
        public String getJdbcUrl() {
            return url;
        }
    }
}
