package dev.fullstate.outbox.test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.kafka.common.utils.Utils;
import org.tukaani.xz.XZInputStream;

import static java.util.Objects.requireNonNull;

/**
 * PostgreSQL's programs for this machine, unpacked from the class path once per user and version into the temporary folder
 * and kept there for the next start.
 */
record PostgresBinaries(Path folder, OrdinaryUser user) {

    private static final Pattern MAJOR_VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
    private static final int EXECUTABLE = 0100;
    private static final Set<PosixFilePermission> READABLE_BY_ALL = PosixFilePermissions.fromString("rwxr-xr-x");

    static PostgresBinaries unpacked() {
        String archive = archiveName();
        try {
            Path folder = unpack(archive, read(archive + ".txz"));
            return new PostgresBinaries(folder, OrdinaryUser.insteadOfOwnerOf(folder));
        } catch (IOException e) {
            throw new UncheckedIOException("Could not unpack PostgreSQL from " + archive, e);
        }
    }

    /** {@return the command line of {@code initdb} or {@code pg_ctl}} */
    List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>(user.prefix());
        command.add(folder.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    int majorVersion() {
        String version = FinishedProcess.run(command("postgres", "--version")).output();
        Matcher number = MAJOR_VERSION.matcher(version);
        if (!number.find()) {
            throw new IllegalStateException("PostgreSQL in " + folder + " does not print its version: " + version);
        }
        return Integer.parseInt(number.group(1));
    }

    private static String archiveName() {
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        boolean alpine = Files.exists(Path.of("/etc/alpine-release"));
        return "postgres-%s-%s%s"
                .formatted(mac ? "darwin" : "linux", arm ? "arm_64" : "x86_64", alpine ? "-alpine_linux" : "");
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream content = PostgresBinaries.class.getResourceAsStream("/" + resource)) {
            if (content == null) {
                throw new IllegalStateException(("No PostgreSQL for this machine: %s is not on the class path. Add the"
                                + " io.zonky.test.postgres artifact of this platform, or set outbox.test.services=containers")
                        .formatted(resource));
            }
            return content.readAllBytes();
        }
    }

    private static Path unpack(String name, byte[] archive) throws IOException {
        CRC32 version = new CRC32();
        version.update(archive);
        Path cache = cache();
        Path unpacked = cache.resolve("%s-%08x".formatted(name, version.getValue()));
        if (!Files.exists(unpacked)) {
            Path scratch = Files.createTempDirectory(cache, "unpacking-");
            untar(archive, scratch);
            Files.setPosixFilePermissions(scratch, READABLE_BY_ALL);
            publish(scratch, unpacked);
        }
        return unpacked;
    }

    /** Refuses a folder that belongs to another user, because programs are run from here. */
    private static Path cache() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path cache = temporary.resolve("fullstate-outbox-" + System.getProperty("user.name"));
        Path mine = Files.createTempFile(temporary, "fullstate-outbox-", ".tmp");
        try {
            if (Files.notExists(cache)) {
                Files.createDirectories(cache, PosixFilePermissions.asFileAttribute(READABLE_BY_ALL));
            }
            if (!Files.getOwner(cache).equals(Files.getOwner(mine))) {
                throw new IllegalStateException(cache + " belongs to " + Files.getOwner(cache) + ". Remove it");
            }
            return cache;
        } finally {
            Files.delete(mine);
        }
    }

    private static void untar(byte[] archive, Path target) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = entry.resolveIn(target);
                Files.createDirectories(requireNonNull(path.getParent()));
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    if ((entry.getMode() & EXECUTABLE) != 0) {
                        Files.setPosixFilePermissions(path, READABLE_BY_ALL);
                    }
                }
            }
        }
    }

    /** Renames the folder when it is complete, so that several JVMs may unpack at once: the first one wins. */
    private static void publish(Path scratch, Path unpacked) throws IOException {
        try {
            Files.move(scratch, unpacked);
        } catch (IOException e) {
            Utils.delete(scratch.toFile());
            if (Files.notExists(unpacked)) {
                throw e;
            }
        }
    }
}
