package dev.fullstate.outbox.relay.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.Environment;

/**
 * One of several pipelines of a process, as {@code outbox.relay.pipelines.<name>} configures it. What it does not set it takes from
 * {@code outbox.relay}, and what it does not set of its Kafka cluster from {@code spring.kafka}.
 *
 * @param relay the properties that hold for this pipeline
 * @param kafka its own cluster, without addresses where it has the application's; null for the application's
 */
record NamedPipeline(
        String name, OutboxRelayProperties relay, @Nullable KafkaProperties kafka) {

    private static final ConfigurationPropertyName RELAY = ConfigurationPropertyName.of(OutboxRelayProperties.PREFIX);
    private static final ConfigurationPropertyName PIPELINES = RELAY.append("pipelines");
    private static final ConfigurationPropertyName SPRING_KAFKA = ConfigurationPropertyName.of("spring.kafka");
    /** No property begins like this. */
    private static final ConfigurationPropertyName NOTHING =
            RELAY.append("pipelines").append("kafka").append("nothing");

    private static final String KAFKA = "kafka";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,49}");

    /** The properties that no pipeline has. */
    private static final Set<String> OF_THE_PROCESS = Set.of("pipelines", "admin");

    /** The properties that a pipeline does not take from what all share: each is switched on and off by itself. */
    private static final Set<ConfigurationPropertyName> NOT_SHARED = withheld("pipelines", "admin", "enabled");

    /** A cluster of its own has addresses of its own. */
    private static final Set<ConfigurationPropertyName> ADDRESSES = withheld(
            "bootstrap-servers",
            "producer.bootstrap-servers",
            "properties.bootstrap.servers",
            "properties[bootstrap.servers]",
            "producer.properties.bootstrap.servers",
            "producer.properties[bootstrap.servers]",
            "admin.properties.bootstrap.servers",
            "admin.properties[bootstrap.servers]");

    /** The names of a pipeline's properties in the form in which Boot compares them. */
    private static final Set<String> PROPERTIES = properties(property -> true).collect(Collectors.toUnmodifiableSet());

    /** Those of them below which others are. */
    private static final Set<String> GROUPS = Stream.concat(
                    Stream.of(KAFKA),
                    properties(property -> property.getType().isRecord() || property.getType() == Map.class))
            .collect(Collectors.toUnmodifiableSet());

    private static Stream<String> properties(Predicate<RecordComponent> which) {
        return Arrays.stream(OutboxRelayProperties.class.getRecordComponents())
                .filter(which)
                .map(property -> property.getName().toLowerCase(Locale.ROOT));
    }

    /** Returns whether there are pipelines that have names. */
    static boolean isConfigured(Environment environment) {
        return isSet(ConfigurationPropertySources.get(environment), PIPELINES);
    }

    /** Returns the pipelines in the order in which they are configured, also those that are switched off. */
    static List<NamedPipeline> of(OutboxRelayProperties properties, Environment environment) {
        properties.pipelines().forEach((name, settings) -> keys(settings).forEach(key -> requireKnown(name, key)));
        return names(properties).stream().map(name -> bind(name, environment)).toList();
    }

    private static Stream<String> keys(Map<?, ?> settings) {
        return settings.entrySet().stream()
                .flatMap(setting -> setting.getValue() instanceof Map<?, ?> group
                        ? keys(group).map(key -> setting.getKey() + "." + key)
                        : Stream.of(String.valueOf(setting.getKey())));
    }

    /** Looks at whole keys without their separators: the words of an environment variable may be those of the pipeline's name. */
    private static void requireKnown(String name, String key) {
        String property = PIPELINES + "." + name + "." + key;
        String whole = key.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
        OF_THE_PROCESS.stream().filter(whole::startsWith).findFirst().ifPresent(shared -> {
            throw new PipelineConfigurationException(
                    property + " is set, and is not a property of a single pipeline",
                    "Set " + RELAY + "." + shared + " instead, which holds for all pipelines.");
        });
        if (!PROPERTIES.contains(whole) && GROUPS.stream().noneMatch(whole::startsWith)) {
            throw new PipelineConfigurationException(
                    property + " is set, and there is no such property",
                    "Correct it to a property of " + RELAY
                            + ". An environment variable has the name of the pipeline without its hyphens.");
        }
    }

    /** The name of an environment variable cannot have hyphens, so names that differ in nothing else are one. */
    private static List<String> names(OutboxRelayProperties properties) {
        Map<String, String> names = new LinkedHashMap<>();
        properties.pipelines().keySet().stream()
                .sorted()
                .forEach(name -> names.merge(
                        name.replace("-", ""), name, (one, other) -> one.length() < other.length() ? other : one));
        return List.copyOf(names.values());
    }

    /** Returns the name of the replication slot of a pipeline that sets none. */
    String defaultSlotName() {
        return name.replace('-', '_');
    }

    /** Returns the key of a property of this pipeline. */
    String property(String property) {
        return PIPELINES.append(name).append(property).toString();
    }

    /** Returns a text with the keys of this pipeline in the place of those that all pipelines share. */
    String withOwnKeys(String text) {
        return withOwnKey(text, PIPELINES.append(name));
    }

    private static NamedPipeline bind(String name, Environment environment) {
        PropertyValue.of(PIPELINES + "[" + name + "]", name)
                .require(
                        NAME.matcher(name).matches(),
                        "a pipeline's name, lower-case letters, digits and hyphens, beginning with a letter, 50 at most");
        ConfigurationPropertyName own = PIPELINES.append(name);
        try {
            return new NamedPipeline(name, relay(own, environment), kafka(own.append(KAFKA), environment));
        } catch (BindException e) {
            throw withOwnKey(e, own);
        }
    }

    private static OutboxRelayProperties relay(ConfigurationPropertyName own, Environment environment) {
        ConfigurationPropertyName kafka = own.append(KAFKA);
        List<ConfigurationPropertySource> sources = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            sources.add(source.filter(name -> !kafka.isAncestorOf(name)));
        }
        return bind(own, RELAY, NOT_SHARED, Bindable.of(OutboxRelayProperties.class), sources, environment);
    }

    private static @Nullable KafkaProperties kafka(ConfigurationPropertyName own, Environment environment) {
        Iterable<ConfigurationPropertySource> sources = ConfigurationPropertySources.get(environment);
        if (!isSet(sources, own)) {
            return null;
        }
        List<ConfigurationPropertySource> all = new ArrayList<>();
        sources.forEach(all::add);
        Bindable<KafkaProperties> type =
                Bindable.of(KafkaProperties.class).withSuppliedValue(NamedPipeline::withoutAddress);
        KafkaProperties alone = bind(own, NOTHING, ADDRESSES, type, all, environment);
        // Without a cluster of its own it has that of the application, with all that connects to it.
        return PipelineKafka.hasAddress(alone) ? bind(own, SPRING_KAFKA, ADDRESSES, type, all, environment) : alone;
    }

    private static KafkaProperties withoutAddress() {
        KafkaProperties properties = new KafkaProperties();
        properties.setBootstrapServers(List.of());
        return properties;
    }

    private static <T> T bind(
            ConfigurationPropertyName own,
            ConfigurationPropertyName shared,
            Set<ConfigurationPropertyName> withheld,
            Bindable<T> type,
            List<ConfigurationPropertySource> sources,
            Environment environment) {
        List<ConfigurationPropertySource> all = new ArrayList<>(sources);
        sources.forEach(source -> all.add(new Fallback(source, own, shared, withheld)));
        UnboundElementsSourceFilter known = new UnboundElementsSourceFilter();
        BindHandler refusingUnknown = new NoUnboundElementsBindHandler(
                BindHandler.DEFAULT, source -> !(source instanceof Fallback) && known.apply(source));
        return new Binder(all, new PropertySourcesPlaceholdersResolver(environment))
                .bindOrCreate(own, type, refusingUnknown);
    }

    private static Set<ConfigurationPropertyName> withheld(String... names) {
        return Arrays.stream(names).map(ConfigurationPropertyName::of).collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isSet(Iterable<ConfigurationPropertySource> sources, ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : sources) {
            if (source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
                return true;
            }
        }
        return false;
    }

    /** The properties know themselves by the keys that all pipelines share, whose own values have been checked before. */
    private static RuntimeException withOwnKey(BindException failure, ConfigurationPropertyName own) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidConfigurationPropertyValueException invalid) {
                return new InvalidConfigurationPropertyValueException(
                        withOwnKey(invalid.getName(), own),
                        invalid.getValue(),
                        withOwnKey(String.valueOf(invalid.getReason()), own),
                        invalid);
            }
        }
        return failure;
    }

    private static String withOwnKey(String text, ConfigurationPropertyName own) {
        return text.replace(RELAY + ".", own + ".");
    }
}
