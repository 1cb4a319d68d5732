package dev.fullstate.outbox.benchmarks.orders.load;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/** Reads the settings that the application really runs with: those of its files and its command line, without addresses. */
final class Settings {

    private static final Pattern ADDRESSES = Pattern.compile(
            "spring\\.datasource\\.(url|username|password)|spring\\.kafka\\.bootstrap-servers|benchmark\\.topic");

    private Settings() {}

    static Map<String, String> of(ConfigurableEnvironment environment) {
        Map<String, String> settings = new TreeMap<>();
        environment.getPropertySources().stream()
                .filter(source -> source instanceof CommandLinePropertySource || isOwnFile(source))
                .flatMap(source -> source instanceof EnumerablePropertySource<?> enumerable
                        ? Stream.of(enumerable.getPropertyNames())
                        : Stream.empty())
                .filter(name -> !ADDRESSES.matcher(name).matches())
                .forEach(name -> settings.put(name, Objects.toString(environment.getProperty(name))));
        return settings;
    }

    private static boolean isOwnFile(PropertySource<?> source) {
        return source.getName().startsWith("Config resource");
    }
}
