package dev.fullstate.outbox;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.hibernate.SharedSessionContract;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;

import dev.fullstate.outbox.harness.architecture.StageTable;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.fullstate.outbox.harness.architecture.StageTable.stage;

/** Each stage sees the output of the stages before it in the flow; only the wiring sees every stage. */
@AnalyzeClasses(
        packages = "dev.fullstate.outbox",
        importOptions = {DoNotIncludeTests.class, StagesTest.WithoutModulesForTests.class})
class StagesTest {

    private static final String BASE = "dev.fullstate.outbox";

    private static final StageTable STAGES = StageTable.of(
            BASE,
            stage("contract")
                    .opens(
                            "AdminPaths, EventHeaders, DeadLetterHeaders, Operation, OutboxEvent, OutboxMigration, OutboxNames, OutboxTable"),
            stage("").opens("PublishFullState, InState, FullStateEvents, FullStateJsonCustomizer, OutboxException"),
            stage("session").opens("SessionConnection, RoundTrip, ReadingSession, DatabaseFailure"),
            stage("rows")
                    .sees("", "session")
                    .opens("RootTable, PartTable, CollectionTable, StoredIds, ColumnTypes, MissingVersionException"),
            stage("aggregate")
                    .sees("", "contract, rows")
                    .opens(
                            "AggregateResolver, Aggregates, Aggregate, OwnerLink, AssociationPath",
                            "Place, Attribute, Role, MapKey, AggregateMappingException"),
            stage("reading").sees("session, aggregate").opens("StateReader, AskedStates"),
            stage("capture")
                    .sees("", "contract, session, rows, aggregate, reading")
                    .opens("Capture, ChangeSink, AggregateChange"),
            stage("bulk")
                    .sees("", "aggregate")
                    .opens("BulkOperations, BulkOperationsContributor, CheckedTranslatorFactory, ModifyingQueries"),
            stage("envelope").sees("", "contract, session, aggregate, capture").opens("Envelope, TraceContext"),
            stage("store").sees("contract").opens("Outbox, OutboxStore, Database"),
            stage("commit").sees("session").opens("LastStatement, CommitContributor"),
            stage("schema").sees("contract, store").opens("OutboxSchema, OutboxSchemaException, RowSecurity"),
            stage("retention").sees("contract, store").opens("Retention, Outboxes, OutboxState, OutboxReach, RelayLag"),
            stage("jobs")
                    .sees("session, rows, store, retention")
                    .opens(
                            "Jobs, JobKind, SliceWork, LockedSlice, Slice, Step, Items, CallersThread",
                            "NewJob, Job, JobOptions, JobConflictException"),
            stage("republish")
                    .sees("contract, session, rows, aggregate, reading, capture, envelope, store, retention, jobs")
                    .opens(
                            "Republisher, CapturedDatabase, RepublishJob, RepublishRequest, InvalidRepublishRequestException",
                            "RepublishConflictException, UnknownAggregateTypeException"),
            stage("admin")
                    .sees("republish")
                    .opens(
                            "AdminAccess, SecuredAdminAccess, AdminFilterChain, RepublishController",
                            "RepublishEndpoint"),
            stage("monitor").sees("contract, retention").opens("OutboxEndpoint, OutboxMeters"),
            stage("autoconfigure")
                    .seesEverything()
                    .opens(
                            "OutboxAutoConfiguration, NothingCapturedAutoConfiguration, RetentionAutoConfiguration",
                            "RepublishAutoConfiguration, AdminAutoConfiguration"));

    /** The modules for tests are on the class path of tests, in packages below the base. */
    static final class WithoutModulesForTests implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/outbox-test") && !location.contains("/outbox-harness");
        }
    }

    @ArchTest
    static final ArchRule STAGES_SEE_ONLY_THE_STAGES_IN_THEIR_LINE = STAGES.imports();

    @ArchTest
    static final ArchRule PACKAGES_OPEN_ONLY_THEIR_DOOR = STAGES.doors();

    @ArchTest
    static final ArchRule WITHOUT_CYCLES = STAGES.cycles();

    /** The transaction's time-out then bounds each statement. Republishing has sessions of its own. */
    @ArchTest
    static final ArchRule STATEMENTS_ON_A_SESSION_RESPECT_THE_TIME_OUT = noClasses()
            .that()
            .resideOutsideOfPackages(BASE + ".session..", BASE + ".republish..")
            .should()
            .callMethodWhere(target(owner(assignableTo(SharedSessionContract.class)))
                    .and(target(nameMatching("doWork|doReturningWork|sessionWithOptions|statelessWithOptions"))))
            .orShould()
            .callMethodWhere(target(owner(assignableTo(LogicalConnectionImplementor.class)))
                    .and(target(nameMatching("getPhysicalConnection"))));
}
