package dev.fullstate.outbox.harness.architecture;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * A module's packages as a table with a line for each: which packages it sees, and which types are its door.
 *
 * <pre>{@code
 * StageTable.of("dev.fullstate.outbox.relay",
 *         stage("position").opens("Lsn, Progress"),
 *         stage("wal").sees("position").opens("WalSource, WalSession"),
 *         stage("").seesEverything().opens("Relay"));
 * }</pre>
 *
 * <p>Each text may hold several names with commas between them. The empty name is the base package. Only packages below the base are
 * compared; all packages may see all others.
 */
public final class StageTable {

    private final String base;
    private final Map<String, Stage> lines;

    private StageTable(String base, Map<String, Stage> lines) {
        this.base = base;
        this.lines = lines;
    }

    /**
     * Reads a table.
     *
     * @param base the package that names are relative to
     * @throws IllegalArgumentException if a line sees a package that has no line
     */
    public static StageTable of(String base, Stage... stages) {
        StageTable table =
                new StageTable(base, Arrays.stream(stages).collect(Collectors.toMap(Stage::name, Function.identity())));
        for (Stage stage : stages) {
            if (!table.lines.keySet().containsAll(stage.seen)) {
                throw new IllegalArgumentException(
                        "Package '" + stage.name + "' sees one without a line: " + stage.seen);
            }
        }
        return table;
    }

    /** Returns a line of the table, which sees nothing and opens nothing yet. */
    public static Stage stage(String name) {
        return new Stage(name, false, Set.of(), Set.of());
    }

    /**
     * A line of the table.
     *
     * @param name of the package, relative to the base
     * @param everything whether the package sees all others
     * @param seen the packages that it sees
     * @param door the simple names of its public types
     */
    public record Stage(String name, boolean everything, Set<String> seen, Set<String> door) {

        /** Returns the line with these packages as the ones that it sees. */
        public Stage sees(String... names) {
            return new Stage(name, everything, names(names), door);
        }

        /** Returns the line so that it sees all packages. */
        public Stage seesEverything() {
            return new Stage(name, true, seen, door);
        }

        /** Returns the line with these types as its door. */
        public Stage opens(String... types) {
            return new Stage(name, everything, seen, names(types));
        }

        private static Set<String> names(String... texts) {
            return Arrays.stream(texts)
                    .flatMap(text -> Arrays.stream(text.split(", ", -1)))
                    .collect(Collectors.toUnmodifiableSet());
        }

        private boolean maySee(String other) {
            return everything || other.equals(name) || seen.contains(other);
        }
    }

    /** Returns a rule: each package has a line, and sees only the packages that the line says. */
    public ArchRule imports() {
        return classes()
                .that()
                .resideInAPackage(base + "..")
                .should(new ArchCondition<>("see only the packages in their line of the table") {

                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        Stage line = lines.get(stageOf(type));
                        if (line == null) {
                            violated(events, type, type.getName() + " is in a package without a line");
                        } else {
                            type.getDirectDependenciesFromSelf().forEach(each -> compare(line, each, events));
                        }
                    }
                });
    }

    private void compare(Stage line, Dependency dependency, ConditionEvents events) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (isInside(target) && !line.maySee(stageOf(target))) {
            violated(
                    events,
                    dependency,
                    "'" + line.name + "' may not see '" + stageOf(target) + "': " + dependency.getDescription());
        }
    }

    /** Returns a rule: the public types of each package are those that its line opens, no more and no fewer. */
    public ArchRule doors() {
        return classes()
                .that()
                .resideInAPackage(base + "..")
                .should(new ArchCondition<>("be public only where their line of the table opens them") {

                    private final Set<String> found = new TreeSet<>();
                    private final Set<String> packages = new TreeSet<>();

                    @Override
                    public void init(Collection<JavaClass> all) {
                        found.clear();
                        packages.clear();
                    }

                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        packages.add(stageOf(type));
                        if (!type.isTopLevelClass() || !type.getModifiers().contains(JavaModifier.PUBLIC)) {
                            return;
                        }
                        found.add(nameOf(stageOf(type), type.getSimpleName()));
                        Stage line = lines.get(stageOf(type));
                        if (line == null || !line.door.contains(type.getSimpleName())) {
                            violated(events, type, type.getName() + " is public, and its line does not open it");
                        }
                    }

                    @Override
                    public void finish(ConditionEvents events) {
                        // A package of another module has a line for those that see it, and perhaps no class here.
                        lines.values().stream()
                                .filter(line -> packages.contains(line.name))
                                .flatMap(line -> line.door.stream().map(type -> nameOf(line.name, type)))
                                .filter(type -> !found.contains(type))
                                .forEach(type -> violated(events, type, type + " is opened, and is not a public type"));
                    }
                });
    }

    /** A rule: no packages see each other in a circle. */
    public ArchRule cycles() {
        return slices().matching(base + ".(*)..").should().beFreeOfCycles();
    }

    private static void violated(ConditionEvents events, Object subject, String message) {
        events.add(SimpleConditionEvent.violated(subject, message));
    }

    private boolean isInside(JavaClass type) {
        return type.getPackageName().equals(base) || type.getPackageName().startsWith(base + ".");
    }

    private String stageOf(JavaClass type) {
        return type.getPackageName().equals(base) ? "" : type.getPackageName().substring(base.length() + 1);
    }

    private static String nameOf(String stage, String type) {
        return stage.isEmpty() ? type : stage + "." + type;
    }
}
