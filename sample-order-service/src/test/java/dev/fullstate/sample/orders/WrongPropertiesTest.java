package dev.fullstate.sample.orders;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A wrong value of any property fails the start, with the property's key, the value, and what is allowed. */
@ExtendWith(OutputCaptureExtension.class)
class WrongPropertiesTest {

    /** By type: not convertible, not in range. */
    private static final Map<String, List<String>> WRONG = Map.of(
            "java.lang.Boolean",
            List.of("perhaps"),
            "java.lang.Integer",
            List.of("many", "-1", "99999999999"),
            "java.lang.Short",
            List.of("many", "-1", "0", "99999"),
            "java.time.Duration",
            List.of("soon", "-1s", "300000000000d"),
            "org.springframework.util.unit.DataSize",
            List.of("large", "-1B", "0B", "8000000TB"),
            "java.lang.String",
            List.of("", " "));

    private static final List<String> WRONG_NAMES_OF_CONSTANTS = List.of("no-such-constant");

    /** Of one property only. */
    private static final Map<String, List<String>> WRONG_IN_PARTICULAR = Map.ofEntries(
            Map.entry("outbox.source", List.of("no uri")),
            Map.entry("outbox.capture.max-aggregates-per-transaction", List.of("0")),
            Map.entry("outbox.payload.max-size", List.of("101MB")),
            Map.entry("outbox.republish.chunk-size", List.of("0", "1001")),
            Map.entry("outbox.republish.parallelism", List.of("0", "65")),
            Map.entry("outbox.republish.idle-timeout", List.of("0s")),
            Map.entry("outbox.retention.period", List.of("23h", "15d")),
            Map.entry("outbox.retention.check-interval", List.of("0s")),
            Map.entry("outbox.relay.url", List.of("jdbc:mysql://localhost/orders")),
            Map.entry("outbox.relay.slot-name", List.of("Orders", "0rders", "x".repeat(51))),
            Map.entry("outbox.relay.topic", List.of("orders and more", "{type}")),
            Map.entry("outbox.relay.exactly-once.position-topic", List.of("a/b")),
            Map.entry("outbox.relay.exactly-once.transaction-timeout", List.of("50ms")),
            Map.entry("outbox.relay.topic-partitions", List.of("0")),
            Map.entry("outbox.relay.poll-interval", List.of("0s")),
            Map.entry("outbox.relay.kafka-timeout", List.of("0s", "4s")),
            Map.entry("outbox.relay.retry.max-delay", List.of("499ms")),
            Map.entry("outbox.test.kafka.port", List.of("65536")),
            Map.entry("outbox.test.postgres.port", List.of("65536")));

    /** Any value of these may be right. */
    private static final List<String> ANYTHING_GOES = List.of("outbox.relay.password");

    static Stream<Arguments> wrongValues() {
        return PropertyMetadata.ofTheOutbox().stream()
                .filter(property -> !ANYTHING_GOES.contains(property.name()))
                .flatMap(property -> Stream.concat(
                                ofType(property), WRONG_IN_PARTICULAR.getOrDefault(property.name(), List.of()).stream())
                        .map(value -> arguments(property, key(property), value)));
    }

    private static Stream<String> ofType(PropertyMetadata property) {
        return switch (property.type()) {
            case "java.util.Map<java.lang.String,java.lang.String>" -> Stream.of("", "a topic");
            default -> WRONG.getOrDefault(property.type(), WRONG_NAMES_OF_CONSTANTS).stream();
        };
    }

    private static String key(PropertyMetadata property) {
        return property.type().startsWith("java.util.Map") ? property.name() + ".order" : property.name();
    }

    @ParameterizedTest(name = "{1}={2}")
    @MethodSource("wrongValues")
    void wrongValueFailsTheStartAndIsNamed(PropertyMetadata property, String key, String value, CapturedOutput output) {
        int before = output.getAll().length();

        assertThatCode(() -> start(property, key + "=" + value)).as("the start").isNotNull();

        String analysis = output.getAll().substring(before);
        assertThat(analysis).contains("APPLICATION FAILED TO START", key, value).doesNotContainPattern("\\bPT\\d");
        Object[] constants = constants(property.type());
        if (constants.length > 0) {
            assertThat(analysis)
                    .as("the values that are allowed")
                    .contains(Stream.of(constants).map(Object::toString).toList());
        }
    }

    @Test
    void eachPropertyWithWrongValuesOfItsOwnExists() {
        assertThat(PropertyMetadata.ofTheOutbox())
                .extracting(PropertyMetadata::name)
                .containsAll(WRONG_IN_PARTICULAR.keySet());
    }

    /** Values are printed as people write them. */
    @Test
    void durationsAndSizesArePrintedAsPeopleWriteThem(CapturedOutput output) {
        expectFailure("outbox.retention.period", "360h");
        assertThat(output).contains("'15d'", "between 1d and 14d");
        expectFailure("outbox.payload.max-size", "209715200B");
        assertThat(output).contains("'200MB'", "100MB");
        expectFailure("outbox.relay.kafka-timeout", "90000ms");
        assertThat(output).contains("'90s'", "outbox.relay.wal-sender-timeout, 10s");
    }

    private static void expectFailure(String key, String value) {
        PropertyMetadata property = PropertyMetadata.ofTheOutbox().stream()
                .filter(p -> p.name().equals(key))
                .findFirst()
                .orElseThrow();
        assertThatCode(() -> start(property, key + "=" + value)).as("the start").isNotNull();
    }

    private static Object[] constants(String type) {
        try {
            Object[] constants = Class.forName(type.replaceAll("<.*", "")).getEnumConstants();
            return constants == null ? new Object[0] : constants;
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("The metadata name a type that is not there", e);
        }
    }

    /** An application that does nothing but bind the properties of one kind. */
    private static void start(PropertyMetadata property, String argument) throws ClassNotFoundException {
        Class<?> type = Class.forName(property.source().replaceAll("\\$.*", ""));
        SpringApplication application = new SpringApplication(Nothing.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLogStartupInfo(false);
        application.addInitializers(context -> Binder.get(context.getEnvironment())
                .bindOrCreate(type.getAnnotation(ConfigurationProperties.class).value(), Bindable.of(type)));
        application.run("--" + argument, "--spring.main.banner-mode=off").close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}
}
