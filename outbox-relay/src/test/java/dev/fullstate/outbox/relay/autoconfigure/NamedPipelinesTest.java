package dev.fullstate.outbox.relay.autoconfigure;

import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;

import dev.fullstate.outbox.relay.Relay;
import dev.fullstate.outbox.relay.Relays;
import dev.fullstate.outbox.relay.monitor.RelayHealthIndicator;
import dev.fullstate.outbox.relay.monitor.RelayMeters;
import dev.fullstate.outbox.relay.pipelines.Pipelines;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.WalSettings;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

/** Binds the properties of several pipelines, and starts relays whose databases do not answer. */
class NamedPipelinesTest {

    private static final String URL = "jdbc:postgresql://127.0.0.1:1/";
    private static final String ORDERS = "outbox.relay.pipelines.orders.";
    private static final String BILLING = "outbox.relay.pipelines.billing.";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    SslAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    KafkaAutoConfiguration.class,
                    OutboxRelayAutoConfiguration.class));

    private final ApplicationContextRunner two =
            runner.withPropertyValues(ORDERS + "url=" + URL + "orders", BILLING + "url=" + URL + "billing");

    private static PipelineSettings settings(AssertableApplicationContext context, String name) {
        return pipelines(context).find(name).orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static Pipelines<PipelineSettings> pipelines(AssertableApplicationContext context) {
        return context.getBean(Pipelines.class);
    }

    private static Consumer<AssertableApplicationContext> failing(String... texts) {
        return context -> {
            Throwable failure = Objects.requireNonNull(context.getStartupFailure(), "The start has not failed");
            StringBuilder messages = new StringBuilder();
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                messages.append(cause.getMessage()).append('\n');
                if (cause instanceof PipelineConfigurationException refusal) {
                    messages.append(refusal.remedy()).append('\n');
                }
            }
            assertThat(messages.toString()).contains(texts).doesNotContain("s3cret");
        };
    }

    @Test
    void namedPipelinesRunAndNoOther() {
        two.withPropertyValues("spring.datasource.url=" + URL + "application").run(context -> {
            assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(Relays.class)
                    .doesNotHaveBean(Relay.class)
                    .doesNotHaveBean(WalSettings.class)
                    .doesNotHaveBean(RelayHealthIndicator.class)
                    .doesNotHaveBean(RelayMeters.class);
            assertThat(context.getBean(Relays.class).pipelines().byName())
                    .containsOnlyKeys("billing", "orders")
                    .allSatisfy((name, relay) -> assertThat(relay.isRunning()).isTrue());
        });
    }

    @Test
    void withoutNamedPipelinesThereIsOneRelayAsEver() {
        runner.withPropertyValues("spring.datasource.url=" + URL + "application")
                .run(context -> {
                    assertThat(context).hasSingleBean(Relay.class).doesNotHaveBean(Relays.class);
                    assertThat(pipelines(context).areNamed()).isFalse();
                    assertThat(settings(context, "outbox").wal()).isEqualTo(context.getBean(WalSettings.class));
                });
    }

    @Test
    void healthHasAChildForEachPipelineAndCanBeSwitchedOff() {
        two.run(context -> assertThat(
                        context.getBean("outboxRelayHealthContributor", CompositeHealthContributor.class).stream()
                                .map(entry -> entry.name()))
                .containsExactly("billing", "orders"));
        two.withPropertyValues("management.health.outbox-relay.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("outboxRelayHealthContributor"));
        two.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context).hasSingleBean(Relays.class));
    }

    @Test
    void pipelineTakesWhatItDoesNotSetFromWhatAllShareAndThenTheDefault() {
        two.withPropertyValues(
                        "outbox.relay.username=shared",
                        "outbox.relay.password=s3cret",
                        "outbox.relay.max-in-flight=1MB",
                        "outbox.relay.retry.max-delay=7s",
                        "outbox.relay.topics.order=shared.orders",
                        "outbox.relay.topics.customer=shared.customers",
                        "outbox.relay.topics[a.b]=shared.a.b",
                        "outbox.relay.topics.OrderLine=shared.lines",
                        ORDERS + "username=own",
                        ORDERS + "retry.minDelay=2s",
                        ORDERS + "pollInterval=4ms",
                        ORDERS + "connect_timeout=6s",
                        ORDERS + "topics.order=own.orders",
                        ORDERS + "publication=stream")
                .run(context -> {
                    PipelineSettings orders = settings(context, "orders");
                    assertThat(orders.wal().database().get().url()).isEqualTo(URL + "orders");
                    assertThat(orders.wal().database().get().username()).isEqualTo("own");
                    assertThat(orders.wal().database().get().password()).isEqualTo("s3cret");
                    assertThat(orders.wal().publication()).isEqualTo("stream");
                    assertThat(orders.wal().slotName()).isEqualTo("orders");
                    assertThat(orders.publisher().kafka().clientId()).isEqualTo("outbox-relay-orders");
                    assertThat(orders.relay().maxInFlight()).hasToString("1048576B");
                    assertThat(orders.relay().pollInterval()).hasMillis(4);
                    assertThat(orders.wal().connectTimeout()).hasSeconds(6);
                    assertThat(orders.relay().minRetryDelay()).hasSeconds(2);
                    assertThat(orders.relay().maxRetryDelay()).hasSeconds(7);
                    assertThat(orders.relay().leaderTimeout()).hasSeconds(3);
                    assertThat(orders.router().topic("order")).isEqualTo("own.orders");
                    assertThat(orders.router().topic("customer")).isEqualTo("shared.customers");
                    assertThat(orders.router().topic("a.b")).isEqualTo("shared.a.b");
                    assertThat(orders.router().topic("OrderLine")).isEqualTo("shared.lines");
                    PipelineSettings billing = settings(context, "billing");
                    assertThat(billing.wal().database().get().username()).isEqualTo("shared");
                    assertThat(billing.wal().publication()).isEqualTo("outbox");
                    assertThat(billing.relay().minRetryDelay()).hasMillis(500);
                    assertThat(billing.router().topic("order")).isEqualTo("shared.orders");
                });
    }

    @Test
    void databaseThatNoPipelinePropertyNamesIsTheApplications() {
        runner.withPropertyValues(
                        "spring.datasource.url=" + URL + "application",
                        "spring.datasource.username=application",
                        ORDERS + "publication=orders")
                .run(context -> {
                    assertThat(settings(context, "orders")
                                    .wal()
                                    .database()
                                    .get()
                                    .url())
                            .isEqualTo(URL + "application");
                    assertThat(settings(context, "orders")
                                    .wal()
                                    .database()
                                    .get()
                                    .username())
                            .isEqualTo("application");
                });
        two.withPropertyValues("spring.datasource.username=application")
                .run(context -> assertThat(settings(context, "orders")
                                .wal()
                                .database()
                                .get()
                                .username())
                        .isEqualTo("application"));
        runner.withPropertyValues(ORDERS + "publication=orders")
                .run(context -> failing("Pipeline 'orders' has no database", ORDERS + "url=jdbc:postgresql://")
                        .accept(context));
    }

    /** Environment variables have the names of pipelines without hyphens, and prevail over files. */
    @Test
    void pipelinesAreConfiguredByEnvironmentVariables() {
        environment(
                        two.withPropertyValues("outbox.relay.pipelines.order-archive.url=" + URL + "archive"),
                        Map.of(
                                "OUTBOX_RELAY_PIPELINES_ORDERS_PASSWORD", "fromOutside",
                                "OUTBOX_RELAY_PIPELINES_ORDERARCHIVE_PASSWORD", "fromOutside",
                                "OUTBOX_RELAY_PIPELINES_ORDERS_RETRY_MINDELAY", "3s",
                                "OUTBOX_RELAY_PIPELINES_ORDERS_EXACTLYONCE_POSITIONTOPIC", "positions",
                                "OUTBOX_RELAY_PIPELINES_STOCK_URL", URL + "stock",
                                "OUTBOX_RELAY_RETRY_MAXDELAY", "9s"))
                .run(context -> {
                    assertThat(pipelines(context).byName())
                            .containsOnlyKeys("billing", "order-archive", "orders", "stock");
                    assertThat(settings(context, "orders")
                                    .wal()
                                    .database()
                                    .get()
                                    .password())
                            .isEqualTo("fromOutside");
                    assertThat(settings(context, "orders").relay().minRetryDelay())
                            .hasSeconds(3);
                    assertThat(settings(context, "orders").relay().maxRetryDelay())
                            .hasSeconds(9);
                    assertThat(settings(context, "orders").publisher().positionTopic())
                            .isEqualTo("positions");
                    assertThat(settings(context, "order-archive")
                                    .wal()
                                    .database()
                                    .get()
                                    .password())
                            .isEqualTo("fromOutside");
                    assertThat(settings(context, "order-archive").wal().slotName())
                            .isEqualTo("order_archive");
                });
        environment(
                        two.withPropertyValues("outbox.relay.pipelines.order-archive.url=" + URL + "archive"),
                        Map.of("OUTBOX_RELAY_PIPELINES_ORDER_ARCHIVE_PASSWORD", "s3cret"))
                .run(context -> failing("outbox.relay.pipelines.order.archive.password is set", "without its hyphens")
                        .accept(context));
    }

    private static ApplicationContextRunner environment(
            ApplicationContextRunner runner, Map<String, String> variables) {
        Map<String, Object> values =
                variables.entrySet().stream().collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
        return runner.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", values)));
    }

    @Test
    void pipelineThatIsSwitchedOffIsLeftOut() {
        two.withPropertyValues(ORDERS + "enabled=false")
                .run(context -> assertThat(pipelines(context).byName()).containsOnlyKeys("billing"));
        two.withPropertyValues(ORDERS + "enabled=true", "outbox.relay.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Relays.class));
    }

    @Test
    void clusterOfItsOwnIsDescribedAsBootDescribesOneAndTheOthersHaveTheApplications() {
        two.withPropertyValues(
                        "spring.kafka.bootstrap-servers=broker:1",
                        "spring.kafka.producer.bootstrap-servers=broker:2",
                        "spring.kafka.producer.properties.max.request.size=2000",
                        "spring.kafka.admin.properties.request.timeout.ms=300",
                        ORDERS + "kafka.bootstrap-servers=other:1,other:2",
                        ORDERS + "kafka.security.protocol=SSL",
                        ORDERS + "kafka.producer.properties.linger.ms=9",
                        ORDERS + "kafka.properties.sasl.mechanism=PLAIN")
                .run(context -> {
                    Map<String, Object> producer = settings(context, "orders")
                            .publisher()
                            .kafka()
                            .producer()
                            .get();
                    assertThat(producer.get("bootstrap.servers")).hasToString("[other:1, other:2]");
                    assertThat(producer)
                            .containsEntry("security.protocol", "SSL")
                            .containsEntry("linger.ms", "9")
                            .containsEntry("max.request.size", "2000")
                            .containsEntry("sasl.mechanism", "PLAIN");
                    Map<String, Object> admin =
                            settings(context, "orders").publisher().kafka().admin();
                    // What it lacks it has from the producer's.
                    assertThat(admin)
                            .containsEntry("request.timeout.ms", "300")
                            .doesNotContainKeys("bootstrap.servers", "security.protocol");
                    Map<String, Object> shared = settings(context, "billing")
                            .publisher()
                            .kafka()
                            .producer()
                            .get();
                    assertThat(shared.get("bootstrap.servers")).hasToString("[broker:2]");
                    assertThat(shared).doesNotContainKeys("linger.ms", "sasl.mechanism");
                });
    }

    @Test
    void urlOfAnotherDriverIsRefusedWithThePropertyOfThePipeline() {
        runner.withPropertyValues(
                        ORDERS + "publication=orders", "spring.datasource.url=jdbc:aws-wrapper:postgresql://db/orders")
                .run(context -> failing(
                                "Pipeline 'orders': spring.datasource.url is 'jdbc:aws-wrapper:postgresql://db/orders'",
                                "Set " + ORDERS + "url=jdbc:postgresql://db/orders")
                        .accept(context));
    }

    @Test
    void clusterWithoutAddressesOfItsOwnIsTheApplicationsWithAllThatConnectsToIt() {
        two.withPropertyValues("spring.kafka.bootstrap-servers=broker:1", ORDERS + "kafka.producer.batch-size=1KB")
                .withBean(
                        DefaultKafkaProducerFactoryCustomizer.class,
                        () -> factory -> factory.updateConfigs(Map.of("security.protocol", "SASL_SSL")))
                .run(context -> {
                    Supplier<Map<String, Object>> producer =
                            settings(context, "orders").publisher().kafka().producer();
                    assertThat(producer.get().get("bootstrap.servers")).hasToString("[broker:1]");
                    assertThat(producer.get())
                            .containsEntry("batch.size", 1024)
                            .containsEntry("security.protocol", "SASL_SSL");
                    DefaultKafkaProducerFactory<?, ?> factory = context.getBean(DefaultKafkaProducerFactory.class);
                    factory.updateConfigs(Map.of("sasl.jaas.config", "changed"));
                    assertThat(producer.get()).containsEntry("sasl.jaas.config", "changed");
                });
    }

    @Test
    void clusterOfItsOwnTakesNoAddressOfTheApplications() {
        two.withPropertyValues(
                        "spring.kafka.properties.bootstrap.servers=broker:1",
                        "spring.kafka.admin.properties[bootstrap.servers]=broker:2",
                        "spring.kafka.producer.properties.bootstrap.servers=broker:3",
                        ORDERS + "kafka.bootstrap-servers=other:1")
                .run(context -> {
                    assertThat(settings(context, "orders")
                                    .publisher()
                                    .kafka()
                                    .producer()
                                    .get())
                            .satisfies(producer -> assertThat(producer.get("bootstrap.servers"))
                                    .hasToString("[other:1]"));
                    assertThat(settings(context, "orders").publisher().kafka().admin())
                            .doesNotContainKey("bootstrap.servers");
                });
    }

    /** The same as a start prints it, which asks all analyzers in their order. */
    @Test
    void failedStartNamesThePropertyOfThePipeline() {
        two.withPropertyValues(ORDERS + "url=jdbc:aws-wrapper:postgresql://db/orders?user=u&password=s3cret")
                .run(context -> {
                    FailureAnalysis analysis = analysis(context);
                    assertThat(analysis.getDescription())
                            .contains(ORDERS + "url", "jdbc:aws-wrapper:postgresql://db/orders")
                            .doesNotContain("s3cret");
                });
        runner.withPropertyValues(
                        ORDERS + "publication=orders", "spring.datasource.url=jdbc:aws-wrapper:postgresql://db/orders")
                .run(context -> assertThat(analysis(context).getAction())
                        .contains("Set " + ORDERS + "url=jdbc:postgresql://db/orders"));
    }

    private static FailureAnalysis analysis(AssertableApplicationContext context) {
        Throwable failure = Objects.requireNonNull(context.getStartupFailure());
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, (type, name, notOfThisClassPath) -> {})
                .stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void databaseIsTheSameWithTheDefaultPort() {
        runner.withPropertyValues(
                        ORDERS + "url=jdbc:postgresql://db/orders",
                        "outbox.relay.pipelines.billing.url=jdbc:postgresql://DB:5432/orders?ssl=true")
                .run(context -> failing("have the same database and the same publication")
                        .accept(context));
    }

    @Test
    void beanThatWouldBeIgnoredIsRefused() {
        two.withBean(Router.class, () -> new Router("mine.{aggregatetype}", Map.of()))
                .run(context -> failing("There is a bean of type " + Router.class.getName())
                        .accept(context));
    }

    @Test
    void clusterOfItsOwnHasItsOwnSslBundle() {
        two.withPropertyValues(
                        "spring.ssl.bundle.jks.orders.truststore.location=classpath:nothing-is-loaded-before-it-is-used",
                        ORDERS + "kafka.ssl.bundle=orders")
                .run(context -> {
                    assertThat(settings(context, "orders")
                                    .publisher()
                                    .kafka()
                                    .producer()
                                    .get())
                            .containsKey("org.springframework.boot.ssl.SslBundle");
                    assertThat(settings(context, "orders").publisher().kafka().admin())
                            .doesNotContainKey("org.springframework.boot.ssl.SslBundle");
                    assertThat(settings(context, "billing")
                                    .publisher()
                                    .kafka()
                                    .producer()
                                    .get())
                            .doesNotContainKey("org.springframework.boot.ssl.SslBundle");
                });
        two.withPropertyValues(ORDERS + "kafka.ssl.bundle=absent")
                .run(context -> failing("absent").accept(context));
    }

    @ParameterizedTest
    @CsvSource({
        "retry.min-delay=60s, outbox.relay.pipelines.orders.retry.max-delay, 'not shorter than outbox.relay.pipelines.orders.retry.min-delay, 1m'",
        "kafka-timeout=20s, outbox.relay.pipelines.orders.kafka-timeout, 'a third of outbox.relay.pipelines.orders.wal-sender-timeout, 10s'",
        "poll-interval=soon, outbox.relay.pipelines.orders.poll-interval, orders",
        "url=jdbc:mysql://here, outbox.relay.pipelines.orders.url, jdbc:postgresql:",
        "slot-name=Orders, outbox.relay.pipelines.orders.slot-name, lower-case letters"
    })
    void wrongValueIsNamedByItsWholeKey(String property, String key, String reason) {
        two.withPropertyValues(ORDERS + property)
                .run(context -> failing(key, reason).accept(context));
    }

    @ParameterizedTest
    @CsvSource({
        "orders.ulr=x, outbox.relay.pipelines.orders.ulr",
        "orders.retry.min-dely=1s, outbox.relay.pipelines.orders.retry.min-dely",
        "orders.kafka.bootstrap-server=x, outbox.relay.pipelines.orders.kafka.bootstrap-server",
        "orders.admin.password=s3cret, Set outbox.relay.admin instead",
        "orders.pipelines.more.url=x, Set outbox.relay.pipelines instead",
        "[My orders].url=x, outbox.relay.pipelines[My orders]",
        "stock=x, outbox.relay.pipelines.stock"
    })
    void wrongNameIsRefused(String property, String text) {
        two.withPropertyValues("outbox.relay.pipelines" + (property.startsWith("[") ? "" : ".") + property)
                .run(context -> failing(text).accept(context));
    }

    @Test
    void twoPipelinesWithOneSlotNameAreRefused() {
        two.withPropertyValues("outbox.relay.slot-name=outbox")
                .run(context -> failing("'billing' and 'orders'", "slot name 'outbox'", ORDERS + "slot-name")
                        .accept(context));
    }

    @Test
    void twoPipelinesOfOneOutboxAreRefused() {
        two.withPropertyValues(BILLING + "url=" + URL + "orders?sslmode=require")
                .run(context -> failing(
                                "'billing' and 'orders'",
                                "would be published twice",
                                ORDERS + "url",
                                ORDERS + "publication")
                        .accept(context));
        two.withPropertyValues(BILLING + "url=" + URL + "orders", BILLING + "publication=billing")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void passwordIsInNoText() {
        two.withPropertyValues(ORDERS + "password=s3cret")
                .run(context -> assertThat(context.getBean(OutboxRelayProperties.class))
                        .asString()
                        .doesNotContain("s3cret"));
    }
}
