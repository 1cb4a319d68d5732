package dev.fullstate.sample.orders;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A property as the generated metadata on the class path describe it.
 *
 * @param type          the name of the Java type of its values
 * @param source        the name of the class that it is bound to; null for those that Spring Boot gives to an endpoint
 * @param description   empty if there is none
 * @param defaultValue  as it is shown to users; null if there is none
 */
public record PropertyMetadata(
        String name,
        String type,
        @Nullable String source,
        String description,
        @Nullable String defaultValue) {

    /** {@return every property on the class path, those of Spring Boot too} */
    public static List<PropertyMetadata> all() {
        List<PropertyMetadata> properties = new ArrayList<>();
        try {
            ClassLoader classes = PropertyMetadata.class.getClassLoader();
            for (URL metadata : Collections.list(classes.getResources("META-INF/spring-configuration-metadata.json"))) {
                try (InputStream stream = metadata.openStream()) {
                    JsonNode content = JsonMapper.shared().readTree(stream);
                    content.get("properties")
                            .valueStream()
                            .map(PropertyMetadata::of)
                            .forEach(properties::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The metadata of properties could not be read", e);
        }
        return properties;
    }

    /** {@return the properties of starter, relay and test services} */
    public static List<PropertyMetadata> ofTheOutbox() {
        return all().stream()
                .filter(property -> property.name.startsWith("outbox."))
                .toList();
    }

    private static PropertyMetadata of(JsonNode property) {
        JsonNode defaultValue = property.path("defaultValue");
        return new PropertyMetadata(
                property.get("name").asString(),
                property.path("type").asString("java.lang.String"),
                property.path("sourceType").isString()
                        ? property.get("sourceType").asString()
                        : null,
                property.path("description").asString(""),
                defaultValue.isValueNode() && !defaultValue.isNull() ? defaultValue.asString() : null);
    }

    /** {@return whether this is the property with the key, or the map that has it as an entry} */
    public boolean matches(String key) {
        boolean map = type.startsWith("java.util.Map");
        return key.equals(name) || (map && key.matches(Pattern.quote(name) + "[.\\[].+"));
    }
}
