package dev.fullstate.outbox.relay.autoconfigure;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * A source of properties that shows those below one name as if they were below another. After the sources themselves, it gives a name what that
 * name does not set. A property keeps its own name and origin, so that an error points to where it is set.
 *
 * @param own the name that properties are looked for under
 * @param shared the name that they are found under
 * @param withheld the rest of the names that are not shown
 */
record Fallback(
        ConfigurationPropertySource source,
        ConfigurationPropertyName own,
        ConfigurationPropertyName shared,
        Set<ConfigurationPropertyName> withheld)
        implements IterableConfigurationPropertySource {

    @Override
    public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
        ConfigurationPropertyName found = move(name, own, shared);
        return found == null ? null : source.getConfigurationProperty(found);
    }

    @Override
    public ConfigurationPropertyState containsDescendantOf(ConfigurationPropertyName name) {
        if (name.isAncestorOf(own)) {
            return source.containsDescendantOf(shared);
        }
        ConfigurationPropertyName found = move(name, own, shared);
        return found == null ? ConfigurationPropertyState.ABSENT : source.containsDescendantOf(found);
    }

    @Override
    public Stream<ConfigurationPropertyName> stream() {
        return source instanceof IterableConfigurationPropertySource names
                ? names.stream().flatMap(name -> Stream.ofNullable(move(name, shared, own)))
                : Stream.empty();
    }

    private @Nullable ConfigurationPropertyName move(
            ConfigurationPropertyName name, ConfigurationPropertyName from, ConfigurationPropertyName to) {
        if (name.equals(from)) {
            return to;
        }
        if (!from.isAncestorOf(name)) {
            return null;
        }
        // Not subName(), which fails for names that were appended (Spring Boot 4.1), nor toString(), which makes keys
        // of maps lower case.
        String rest = IntStream.range(from.getNumberOfElements(), name.getNumberOfElements())
                .mapToObj(i -> element(name, i))
                .collect(Collectors.joining("."));
        ConfigurationPropertyName property = ConfigurationPropertyName.adapt(rest, '.');
        boolean isWithheld = withheld.stream().anyMatch(each -> each.equals(property) || each.isAncestorOf(property));
        return isWithheld ? null : ConfigurationPropertyName.adapt(to + "." + rest, '.');
    }

    private static String element(ConfigurationPropertyName name, int index) {
        String element = name.getElement(index, Form.ORIGINAL);
        return name.chop(index + 1).isLastElementIndexed() ? "[" + element + "]" : element;
    }

    @Override
    public @Nullable Object getUnderlyingSource() {
        return source.getUnderlyingSource();
    }
}
