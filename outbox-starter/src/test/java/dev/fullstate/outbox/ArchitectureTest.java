package dev.fullstate.outbox;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.hibernate.SharedSessionContract;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** A stage may use what comes out of the stages before it, and nothing after it. Only the wiring sees all of them. */
@AnalyzeClasses(packages = "dev.fullstate.outbox", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String BASE = "dev.fullstate.outbox";

    @ArchTest
    static final ArchRule stagesSeeOnlyWhatComesBeforeThem = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(BASE + "..")
            .layer("contract")
            .definedBy(BASE + ".contract")
            .layer("api")
            .definedBy(BASE)
            .layer("session")
            .definedBy(BASE + ".session")
            .layer("rows")
            .definedBy(BASE + ".rows")
            .layer("aggregate")
            .definedBy(BASE + ".aggregate")
            .layer("reading")
            .definedBy(BASE + ".reading")
            .layer("capture")
            .definedBy(BASE + ".capture")
            .layer("bulk")
            .definedBy(BASE + ".bulk")
            .layer("envelope")
            .definedBy(BASE + ".envelope")
            .layer("store")
            .definedBy(BASE + ".store")
            .layer("schema")
            .definedBy(BASE + ".schema")
            .layer("retention")
            .definedBy(BASE + ".retention")
            .layer("republish")
            .definedBy(BASE + ".republish")
            .layer("admin")
            .definedBy(BASE + ".admin")
            .layer("monitor")
            .definedBy(BASE + ".monitor")
            .layer("wiring")
            .definedBy(BASE + ".autoconfigure")
            .whereLayer("contract")
            .mayNotAccessAnyLayer()
            .whereLayer("api")
            .mayNotAccessAnyLayer()
            .whereLayer("session")
            .mayNotAccessAnyLayer()
            .whereLayer("rows")
            .mayOnlyAccessLayers("session", "api")
            .whereLayer("aggregate")
            .mayOnlyAccessLayers("rows", "api")
            .whereLayer("reading")
            .mayOnlyAccessLayers("aggregate")
            .whereLayer("capture")
            .mayOnlyAccessLayers("reading", "aggregate", "rows", "session", "api", "contract")
            .whereLayer("bulk")
            .mayOnlyAccessLayers("aggregate", "api")
            .whereLayer("envelope")
            .mayOnlyAccessLayers("capture", "aggregate", "session", "api", "contract")
            .whereLayer("store")
            .mayOnlyAccessLayers("contract")
            .whereLayer("schema")
            .mayOnlyAccessLayers("store", "contract")
            .whereLayer("retention")
            .mayOnlyAccessLayers("store", "contract")
            .whereLayer("monitor")
            .mayOnlyAccessLayers("retention", "contract")
            .whereLayer("republish")
            .mayOnlyAccessLayers(
                    "retention", "store", "envelope", "capture", "reading", "aggregate", "rows", "session", "contract")
            .whereLayer("admin")
            .mayOnlyAccessLayers("republish")
            .whereLayer("wiring")
            .mayNotBeAccessedByAnyLayer();

    /** So the time that the transaction has left bounds each of them. Republishing has sessions of its own. */
    @ArchTest
    static final ArchRule statementsOnASessionAreMadeWhereTheTransactionsTimeBoundsThem = noClasses()
            .that()
            .resideOutsideOfPackages(BASE + ".session..", BASE + ".republish..")
            .should()
            .callMethodWhere(target(owner(assignableTo(SharedSessionContract.class)))
                    .and(target(nameMatching("doWork|doReturningWork|sessionWithOptions|statelessWithOptions"))))
            .orShould()
            .callMethodWhere(target(owner(assignableTo(LogicalConnectionImplementor.class)))
                    .and(target(nameMatching("getPhysicalConnection"))));

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching(BASE + ".(*)..").should().beFreeOfCycles();
}
