package dev.fullstate.outbox.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The scripts that create an outbox, with placeholders for its names. */
public final class OutboxMigration {

    /** The class path location of the scripts. */
    public static final String LOCATION = "dev/fullstate/outbox/contract/migration";

    private OutboxMigration() {}

    /** {@return the names by their placeholders; the scripts have <code>${placeholder}</code> in double quotes} */
    public static Map<String, String> placeholders(OutboxNames names) {
        return Map.of("outbox", names.table(), "publication", names.publication());
    }

    /** {@return the whole migration as one script, which creates everything in the session's current schema} */
    public static String script(OutboxNames names) {
        String path = "/" + LOCATION + "/V1__outbox.sql";
        try (InputStream file = OutboxMigration.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalStateException(path + " is not on the class path");
            }
            String script = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            for (Map.Entry<String, String> each : placeholders(names).entrySet()) {
                script = script.replace("${" + each.getKey() + "}", each.getValue());
            }
            return script;
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + path, e);
        }
    }
}
