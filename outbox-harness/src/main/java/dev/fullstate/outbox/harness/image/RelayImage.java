package dev.fullstate.outbox.harness.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Follows the relay's Dockerfile without Docker: its folders lie below one of this machine, its commands run with this JVM, and COPY takes from
 * there or from the repository.
 */
public final class RelayImage {

    private static final Pattern STRING = Pattern.compile("\"([^\"]*)\"");

    private final Path repository;
    private final Path jar;
    private final Path root;
    private Path workingDirectory;
    private List<String> entryPoint = List.of();

    private RelayImage(Path repository, Path jar, Path root) {
        this.repository = repository;
        this.jar = jar;
        this.root = root;
        this.workingDirectory = root;
    }

    /**
     * Builds the image.
     *
     * @param repository with the Dockerfile
     * @param jar        the relay's executable jar
     * @param root       folder for the image's folders; what it has already is deleted
     */
    public static RelayImage build(Path repository, Path jar, Path root) throws IOException, InterruptedException {
        delete(root);
        RelayImage image = new RelayImage(repository, jar, root.toAbsolutePath());
        for (String line : Files.readAllLines(repository.resolve("docker/relay/Dockerfile"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] words = line.split(" ", 2);
                image.follow(words[0], words[1]);
            }
        }
        return image;
    }

    /** {@return the folder of the application, in which the image's command runs} */
    public Path folder() {
        return workingDirectory;
    }

    /** {@return the command of the image, beginning with the name of the program} */
    public List<String> entryPoint() {
        return entryPoint;
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void follow(String instruction, String rest) throws IOException, InterruptedException {
        switch (instruction) {
            case "FROM", "ARG", "USER" -> {
                // The JVM and the jar are this build's.
            }
            case "WORKDIR" -> workingDirectory = Files.createDirectories(inRoot(rest));
            case "COPY" -> copy(rest.split(" ", -1));
            case "RUN" -> run(rest);
            case "ENTRYPOINT" ->
                entryPoint = STRING.matcher(rest)
                        .results()
                        .map(string -> string.group(1))
                        .toList();
            default -> throw new IllegalStateException("This build does not know " + instruction);
        }
    }

    private Path inRoot(String path) {
        return root.resolve(path.substring(1));
    }

    private void copy(String... words) throws IOException {
        String from = words[words.length - 2];
        Path to = workingDirectory.resolve(words[words.length - 1]).normalize();
        if (words.length == 3) {
            copyContent(inRoot(from), to);
        } else if (from.equals("${JAR}")) {
            copyFile(jar, to);
        } else {
            copyFile(repository.resolve(from), to.resolve(Path.of(from).getFileName()));
        }
    }

    private static void copyContent(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                copyFile(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void copyFile(Path from, Path to) throws IOException {
        Files.createDirectories(Objects.requireNonNull(to.getParent()));
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
    }

    private void run(String command) throws IOException, InterruptedException {
        Output output = run(Map.of(), Arrays.asList("sh", "-c", command));
        if (output.exitCode() != 0) {
            throw new IllegalStateException(command + " failed: " + output.text());
        }
    }

    /** Runs the image's command to its end. */
    public Output run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(entryPoint);
        command.addAll(Arrays.asList(arguments));
        return run(environment, command);
    }

    private Output run(Map<String, String> environment, List<String> command) throws IOException, InterruptedException {
        Path log = root.resolve("output.log");
        ProcessBuilder process = new ProcessBuilder(command)
                .directory(workingDirectory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        process.environment().merge("PATH", System.getProperty("java.home") + "/bin:", (path, ours) -> ours + path);
        process.environment().putAll(environment);
        int exitCode = process.start().waitFor();
        return new Output(exitCode, Files.readString(log));
    }

    /** The end of a process, and what it has printed. */
    public record Output(int exitCode, String text) {}
}
