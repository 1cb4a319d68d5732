package dev.fullstate.outbox.relay.autoconfigure;

import java.util.Objects;

import javax.sql.DataSource;

import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.core.KafkaTemplate;

import dev.fullstate.outbox.relay.Relay;
import dev.fullstate.outbox.relay.monitor.RelayHealthIndicator;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.wal.WalSettings;

import static org.assertj.core.api.Assertions.assertThat;

class OutboxRelayAutoConfigurationTest {

    // Nothing listens there: the relay starts, and waits for its database.
    private static final String URL = "jdbc:postgresql://127.0.0.1:1/nowhere";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    KafkaAutoConfiguration.class,
                    OutboxRelayAutoConfiguration.class));

    private final ApplicationContextRunner withUrl = runner.withPropertyValues("spring.datasource.url=" + URL);

    @Test
    void withAUrlThereIsARelayThatNeedsNoDataSource() {
        withUrl.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(Relay.class)
                .hasSingleBean(RelayHealthIndicator.class)
                .doesNotHaveBean(DataSource.class));
    }

    @Test
    void withoutAUrlTheStartFailsWithTheSettingsToMake() {
        runner.run(context -> {
            assertThat(context).hasFailed();
            Throwable failure = Objects.requireNonNull(context.getStartupFailure());
            assertThat(failure).rootCause().isInstanceOf(RelayDatabaseMissingException.class);
            FailureAnalysis analysis = new RelayDatabaseMissingFailureAnalyzer().analyze(failure);
            assertThat(analysis)
                    .extracting(FailureAnalysis::getAction)
                    .asString()
                    .contains("spring.datasource.url=jdbc:postgresql:", "outbox.relay.enabled=false");
        });
    }

    @Test
    void switchedOffThereIsNoRelayEvenWithoutAUrl() {
        runner.withPropertyValues("outbox.relay.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Relay.class));
    }

    @Test
    void withoutKafkaThereIsNoRelay() {
        withUrl.withClassLoader(new FilteredClassLoader(KafkaTemplate.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Relay.class));
    }

    @Test
    void withoutHealthOnTheClassPathThereIsStillARelay() {
        withUrl.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context ->
                        assertThat(context).hasSingleBean(Relay.class).doesNotHaveBean("outboxRelayHealthIndicator"));
    }

    @Test
    void clientsAreQuietAlsoInAnApplicationThatMakesItsBeansLate() {
        LoggerContext logback = (LoggerContext) LoggerFactory.getILoggerFactory();
        withUrl.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context ->
                        assertThat(logback.getTurboFilterList()).hasAtLeastOneElementOfType(QuietKafkaClients.class));
        assertThat(logback.getTurboFilterList()).doesNotHaveAnyElementsOfTypes(QuietKafkaClients.class);
    }

    @Test
    void healthCanBeSwitchedOff() {
        withUrl.withPropertyValues("management.health.outbox-relay.enabled=false")
                .run(context ->
                        assertThat(context).hasSingleBean(Relay.class).doesNotHaveBean(RelayHealthIndicator.class));
    }

    @ParameterizedTest
    @CsvSource({
        "'', outbox, outbox",
        "outbox.schema.table=orders, orders, orders",
        "outbox.schema.name=orders, orders_outbox, orders_outbox",
        "outbox.schema.publication=stream, stream, stream",
        "outbox.schema.publication=stream outbox.relay.publication=other, other, other",
        "outbox.relay.publication=other outbox.relay.slot-name=slot, other, slot"
    })
    void outboxOfTheServiceIsRelayedAndTheSlotHasThePublicationsName(
            String properties, String publication, String slotName) {
        withUrl.withPropertyValues(properties.split(" "))
                .run(context -> assertThat(
                                Pipeline.of(context.getBean(OutboxRelayProperties.class), context.getEnvironment()))
                        .isEqualTo(new Pipeline(publication, slotName)));
    }

    @Test
    void publicationWhoseNameNoSlotCanHaveAsksForTheSlotsName() {
        withUrl.withPropertyValues("outbox.schema.name=My orders")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("outbox.relay.slot-name", "'My orders_outbox'"));
    }

    @Test
    void passwordIsInNoText() {
        withUrl.withPropertyValues("outbox.relay.password=secret").run(context -> {
            assertThat(context.getBean(OutboxRelayProperties.class)).asString().doesNotContain("secret");
            assertThat(context.getBean(WalSettings.class)).asString().doesNotContain("secret");
        });
    }

    @Test
    void producerAndAdminAreThoseOfSpringKafka() {
        withUrl.withPropertyValues(
                        "spring.kafka.bootstrap-servers=broker:1",
                        "spring.kafka.producer.properties.max.request.size=2000",
                        "spring.kafka.admin.properties.request.timeout.ms=300",
                        "outbox.relay.slot-name=orders",
                        "outbox.relay.topic-partitions=12",
                        "outbox.relay.create-topics=false")
                .run(context -> {
                    PublisherSettings settings = context.getBean(PublisherSettings.class);
                    assertThat(settings.kafka().clientId()).isEqualTo("outbox-relay-orders");
                    assertThat(settings.kafka().producer().get()).containsEntry("max.request.size", "2000");
                    assertThat(settings.kafka().admin()).containsEntry("request.timeout.ms", "300");
                    assertThat(settings.newTopics().create()).isFalse();
                    assertThat(settings.newTopics().partitionCount()).isEqualTo(12);
                    assertThat(settings.newTopics().replicationFactor()).isNull();
                });
    }

    @Test
    void invalidPropertiesFailTheStartWithTheirName() {
        withUrl.withPropertyValues("outbox.relay.kafka-timeout=20s")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining(
                                "outbox.relay.kafka-timeout with value '20s' is invalid: It has to be no longer than a"
                                        + " third of outbox.relay.wal-sender-timeout, 10s"));
        withUrl.withPropertyValues("outbox.relay.slot-name=Not-A-Slot")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("outbox.relay.slot-name with value 'Not-A-Slot' is invalid"));
        withUrl.withPropertyValues("outbox.relay.retry.max-delay=1ms")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("outbox.relay.retry.max-delay"));
    }
}
