package dev.fullstate.outbox.relay;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.base.DescribedPredicate.or;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Who may know whom: a stage the output of the stages before it, the loop and the wiring every stage. */
@AnalyzeClasses(packages = "dev.fullstate.outbox.relay", importOptions = DoNotIncludeTests.class)
class StagesTest {

    private static final String BASE = "dev.fullstate.outbox.relay";

    @ArchTest
    static void stagesKnowOnlyWhatComesBefore(JavaClasses classes) {
        stage("position").check(classes);
        stage("failure").check(classes);
        stage("wal", "position", "failure").check(classes);
        stage("history", "position", "wal").check(classes);
        stage("pgoutput", "position", "failure").check(classes);
        stage("transaction", "position", "failure", "pgoutput").check(classes);
        stage("route", "position", "transaction").check(classes);
        stage("publish", "position", "failure", "transaction", "route").check(classes);
        stage("acknowledge", "position").check(classes);
        stage("monitor", "", "position", "failure", "acknowledge", "wal").check(classes);
        stage("", "position", "failure", "wal", "history", "pgoutput", "transaction", "route", "publish", "acknowledge")
                .check(classes);
    }

    @ArchTest
    static final ArchRule WITHOUT_CYCLES =
            slices().matching(BASE + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule DECODER_IS_PURE = noClasses()
            .that()
            .resideInAPackage(BASE + ".pgoutput")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..",
                    "java.io..",
                    "java.net..",
                    "org.springframework..",
                    "org.slf4j..",
                    "org.postgresql..");

    @ArchTest
    static final ArchRule OTHER_PACKAGES_SEE_NO_DRIVER = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".wal")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.postgresql..");

    @ArchTest
    static final ArchRule NOTHING_STATIC_CHANGES =
            fields().that().areStatic().should().beFinal();

    private static ArchRule stage(String name, String... known) {
        String[] allowed = new String[known.length + 1];
        allowed[0] = packageOf(name);
        for (int i = 0; i < known.length; i++) {
            allowed[i + 1] = packageOf(known[i]);
        }
        return classes()
                .that()
                .resideInAPackage(packageOf(name))
                .should()
                .onlyDependOnClassesThat(or(resideInAnyPackage(allowed), resideOutsideOfPackage(BASE + "..")));
    }

    private static String packageOf(String stage) {
        return stage.isEmpty() ? BASE : BASE + "." + stage;
    }
}
