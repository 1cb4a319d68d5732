package dev.fullstate.outbox.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

import org.apache.kafka.common.utils.AppInfoParser;
import org.postgresql.util.DriverInfo;

import dev.fullstate.outbox.benchmarks.server.DatabaseServer;

/** Versions of everything that takes part. */
final class Versions {

    private static final String UNKNOWN = "unknown";

    private Versions() {}

    static Map<String, String> of(DatabaseServer databases, Contenders contenders) throws SQLException {
        Map<String, String> versions = new TreeMap<>();
        versions.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        versions.put("postgresql", databases.version());
        versions.put("pgjdbc", DriverInfo.DRIVER_VERSION);
        versions.put("kafka", AppInfoParser.getVersion());
        contenders
                .named()
                .forEach(contender -> contender.settings().forEach((name, version) -> {
                    if (name.startsWith("version.")) {
                        versions.put(name.substring("version.".length()), version);
                    }
                }));
        return versions;
    }

    /** {@return the commit of the working copy, with a note if it has other changes; {@value #UNKNOWN} outside of one} */
    static String commit(Path repository) {
        String commit = git(repository, "rev-parse", "--short=12", "HEAD");
        if (commit.isEmpty()) {
            return UNKNOWN;
        }
        return git(repository, "status", "--porcelain", "--untracked-files=no").isEmpty()
                ? commit
                : commit + " with uncommitted changes";
    }

    private static String git(Path repository, String... arguments) {
        String[] command = new String[arguments.length + 3];
        command[0] = "git";
        command[1] = "-C";
        command[2] = repository.toString();
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? output : "";
        } catch (IOException e) {
            // No git on this machine.
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
