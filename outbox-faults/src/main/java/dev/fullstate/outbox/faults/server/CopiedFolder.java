package dev.fullstate.outbox.faults.server;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/** Copies a folder of files that may come and go during the copy, as those of a running server do. */
final class CopiedFolder extends SimpleFileVisitor<Path> {

    private final Path source;
    private final Path target;
    private final Predicate<Path> leftOut;

    private CopiedFolder(Path source, Path target, Predicate<Path> leftOut) {
        this.source = source;
        this.target = target;
        this.leftOut = leftOut;
    }

    /** @param leftOut by path within the source; the folders are there in any case, down to one that is left out */
    static void copy(Path source, Path target, Predicate<Path> leftOut) throws IOException {
        Files.walkFileTree(source, new CopiedFolder(source, target, leftOut));
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
        Path within = source.relativize(folder);
        if (leftOut.test(within)) {
            return FileVisitResult.SKIP_SUBTREE;
        }
        Files.createDirectories(target.resolve(within));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Path within = source.relativize(file);
        if (!leftOut.test(within)) {
            try {
                Files.copy(file, target.resolve(within), StandardCopyOption.REPLACE_EXISTING);
            } catch (NoSuchFileException gone) {
                return FileVisitResult.CONTINUE;
            }
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
        if (e != null && !(e instanceof NoSuchFileException)) {
            throw e;
        }
        return FileVisitResult.CONTINUE;
    }
}
