package dev.fullstate.sample.orders.docs;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import org.jspecify.annotations.Nullable;

/**
 * The Java blocks of pages, compiled as a reader would compile them: one after the other, in one package, each together with what the
 * same page, and the README before it, has defined so far. A later block may show a type once more, which then takes the
 * earlier one's place. A block need not be a whole file: members and statements are put into a class.
 */
final class CompiledBlocks {

    static final String PACKAGE = "com.example.shop";

    /** Imports that an IDE adds for the reader where a block has none. Types of the page itself come first. */
    private static final List<String> IMPORTS = List.of(
            "java.math.*",
            "java.time.*",
            "java.util.*",
            "jakarta.persistence.*",
            "dev.fullstate.outbox.*",
            "dev.fullstate.outbox.republish.*",
            "dev.fullstate.outbox.test.*",
            "org.junit.jupiter.api.*",
            "org.springframework.beans.factory.annotation.*",
            "org.springframework.boot.*",
            "org.springframework.boot.autoconfigure.*",
            "org.springframework.boot.data.jpa.test.autoconfigure.*",
            "org.springframework.boot.test.context.*",
            "org.springframework.context.annotation.*",
            "org.springframework.data.jpa.repository.*",
            "org.springframework.jdbc.core.simple.*",
            "org.springframework.stereotype.*",
            "org.springframework.test.context.*",
            "org.springframework.transaction.annotation.*",
            "org.springframework.transaction.support.*",
            "static org.assertj.core.api.Assertions.*");

    private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();

    private final Map<String, Source> sources = new LinkedHashMap<>();

    private record Source(CodeBlock block, String text, Set<String> types) {}

    static CompiledBlocks none() {
        return new CompiledBlocks();
    }

    /** {@return the class path of this JVM, whichever tool has started it} */
    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    CompiledBlocks with(CodeBlock block) {
        CompiledBlocks next = new CompiledBlocks();
        Source source = source(block);
        sources.forEach((name, earlier) -> {
            if (earlier.types.stream().noneMatch(source.types::contains)) {
                next.sources.put(name, earlier);
            }
        });
        next.sources.put(block.toString(), source);
        return next;
    }

    /**
     * Compiles all blocks into a folder.
     *
     * @throws AssertionError with the compiler's words, if it has any
     */
    void compileInto(Path classes) {
        StringWriter complaints = new StringWriter();
        boolean compiled = JAVAC.getTask(
                        complaints,
                        null,
                        null,
                        List.of(
                                "-proc:none",
                                "-parameters",
                                "-Xlint:none",
                                "-cp",
                                classPath(),
                                "-d",
                                classes.toString()),
                        null,
                        sources.values().stream()
                                .map(source -> new InMemory(source.block.toString(), source.text))
                                .toList())
                .call();
        if (!compiled) {
            throw new AssertionError("javac does not accept " + sources.keySet() + ":\n" + complaints);
        }
    }

    /** {@return the names of all types, without their package} */
    Set<String> types() {
        return sources.values().stream()
                .flatMap(source -> source.types.stream())
                .collect(Collectors.toSet());
    }

    private static Source source(CodeBlock block) {
        String imports = block.code().lines().filter(CompiledBlocks::isImport).collect(Collectors.joining("\n"));
        String rest = block.code().lines().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
        String head = "package " + PACKAGE + ";\n" + imports + "\n"
                + IMPORTS.stream().map(name -> "import " + name + ";\n").collect(Collectors.joining());
        String fragment = "Fragment" + block.line();
        return Stream.of(
                        head + rest,
                        head + "class " + fragment + " {\n" + rest + "\n}",
                        head + "class " + fragment + " { void run() throws Exception {\n" + rest + "\n} }")
                .map(text -> parsed(block, text))
                .filter(source -> source != null)
                .findFirst()
                .orElseThrow(() -> new AssertionError("The block at " + block + " is not Java: " + block.code()));
    }

    /** Null if it is not a file of types. */
    private static @Nullable Source parsed(CodeBlock block, String text) {
        List<Object> errors = new ArrayList<>();
        JavacTask parser = (JavacTask) JAVAC.getTask(
                null, null, errors::add, List.of("-proc:none"), null, List.of(new InMemory(block.toString(), text)));
        try {
            for (CompilationUnitTree unit : parser.parse()) {
                Set<String> types = unit.getTypeDecls().stream()
                        .filter(ClassTree.class::isInstance)
                        .map(type -> ((ClassTree) type).getSimpleName().toString())
                        .collect(Collectors.toSet());
                return errors.isEmpty() && !types.isEmpty() ? new Source(block, text, types) : null;
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("Could not parse " + block, e);
        }
    }

    private static boolean isImport(String line) {
        return line.startsWith("import ");
    }

    /** A file that may have a public class of any name, because pages have no names of files. */
    private static final class InMemory extends SimpleJavaFileObject {

        private final String text;

        InMemory(String name, String text) {
            super(URI.create("page:///" + name.replace(':', '-') + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return kind == Kind.SOURCE;
        }

        @Override
        public @Nullable NestingKind getNestingKind() {
            return null;
        }

        @Override
        public @Nullable Modifier getAccessLevel() {
            return null;
        }
    }
}
