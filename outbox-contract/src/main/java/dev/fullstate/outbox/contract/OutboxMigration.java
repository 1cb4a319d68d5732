package dev.fullstate.outbox.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The scripts that create an outbox, with placeholders for its names. */
public final class OutboxMigration {

    /** The class path location of the scripts. */
    public static final String LOCATION = "dev/fullstate/outbox/contract/migration";

    /** The versioned scripts, in their order. */
    static final List<String> SCRIPTS =
            List.of("V1__outbox.sql", "V2__parking.sql", "V3__accept.sql", "V4__checks.sql");

    private OutboxMigration() {}

    /** {@return the names by their placeholders; the scripts have <code>${placeholder}</code> in double quotes} */
    public static Map<String, String> placeholders(OutboxNames names) {
        return Map.of("outbox", names.table(), "publication", names.publication());
    }

    /** {@return all migrations as one script, in their order, which creates everything in the session's current schema} */
    public static String script(OutboxNames names) {
        String script = SCRIPTS.stream().map(OutboxMigration::read).collect(Collectors.joining("\n"));
        for (Map.Entry<String, String> each : placeholders(names).entrySet()) {
            script = script.replace("${" + each.getKey() + "}", each.getValue());
        }
        return script;
    }

    private static String read(String name) {
        String path = "/" + LOCATION + "/" + name;
        try (InputStream file = OutboxMigration.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalStateException(path + " is not on the class path");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + path, e);
        }
    }
}
