package dev.fullstate.outbox.ids;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A root for each kind of id, with parts that refer to it, and parts that do not, all with ids of that kind. */
final class IdEntities {

    static final String PACKAGE = "dev.fullstate.outbox.ids.generated";

    private static final String SOURCE = """
            package #PACKAGE#;

            import dev.fullstate.outbox.PublishFullState;
            import dev.fullstate.outbox.ids.*;
            import dev.fullstate.outbox.ids.Ids.*;
            import jakarta.persistence.*;
            import java.util.*;
            import org.hibernate.annotations.JdbcTypeCode;
            import org.hibernate.type.SqlTypes;

            public class #NAME# {

                @Entity(name = "#NAME#Root") @PublishFullState(aggregateType = "#TYPE#") #ANNOTATION#
                public static class Root extends KeyedRoot {
                    #ATTRIBUTE#
                    @OneToMany(mappedBy = "root", cascade = CascadeType.ALL, orphanRemoval = true) public List<Line> lines = new ArrayList<>();
                    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true) #JOIN# public List<Note> notes = new ArrayList<>();
                    @Override public void addLine(Keyed line) { lines.add((Line) line); ((Line) line).root = this; }
                    @Override public List<? extends Keyed> allLines() { return lines; }
                    @Override @SuppressWarnings("unchecked") public List<Keyed> allNotes() { return (List) notes; }
                    @Override public void identify(Object key) { #IDENTIFY# }
                }

                @Entity(name = "#NAME#Line") #ANNOTATION#
                public static class Line extends Keyed {
                    #ATTRIBUTE#
                    @ManyToOne(fetch = FetchType.LAZY) #JOIN# public Root root;
                    @Override public void identify(Object key) { #IDENTIFY# }
                }

                @Entity(name = "#NAME#Note") #ANNOTATION#
                public static class Note extends Keyed {
                    #ATTRIBUTE#
                    @Override public void identify(Object key) { #IDENTIFY# }
                }
            }
            """;

    private IdEntities() {}

    /** Compiles the entities into a folder; returns a class loader that has them. */
    static URLClassLoader compile(List<IdType> types, Path folder) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        boolean compiled = compiler.getTask(
                        errors,
                        null,
                        null,
                        List.of(
                                "-d",
                                folder.toString(),
                                "-nowarn",
                                "-proc:none",
                                "-classpath",
                                System.getProperty("java.class.path")),
                        null,
                        types.stream().map(IdEntities::source).toList())
                .call();
        if (!compiled) {
            throw new IllegalStateException(errors.toString());
        }
        try {
            return new URLClassLoader(
                    new URL[] {Files.createDirectories(folder).toUri().toURL()}, IdEntities.class.getClassLoader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JavaFileObject source(IdType type) {
        boolean idClass = type.attribute().startsWith("@IdClass");
        String javaType = type.attribute().substring(type.attribute().lastIndexOf(' ') + 1);
        String column =
                type.column().isEmpty() || type.isComposite() ? "" : ", columnDefinition = \"" + type.column() + "\"";
        String source = SOURCE.replace("#PACKAGE#", PACKAGE)
                .replace("#ANNOTATION#", idClass ? "@IdClass(Pair.class)" : "")
                .replace(
                        "#ATTRIBUTE#",
                        idClass
                                ? "@Id @Column(columnDefinition = \"char(6)\") public String code;"
                                        + " @Id @Column(columnDefinition = \"numeric(12,2)\") public java.math.BigDecimal amount;"
                                : (type.isComposite() ? "" : "@Id @Column(name = \"id\"" + column + ") ") + "public "
                                        + type.attribute() + " id;")
                .replace(
                        "#IDENTIFY#",
                        idClass
                                ? "code = ((Pair) key).code(); amount = ((Pair) key).amount();"
                                : "id = (" + javaType + ") key;")
                .replace(
                        "#JOIN#",
                        type.isComposite()
                                ? type.column()
                                : "@JoinColumn(name = \"root_id\", nullable = false" + column + ")")
                .replace("#TYPE#", type.aggregateType())
                .replace("#NAME#", type.name() + "Ids");
        URI uri = URI.create("string:///" + PACKAGE.replace('.', '/') + "/" + type.name() + "Ids.java");
        return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }
}
