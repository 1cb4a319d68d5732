package dev.fullstate.outbox.relay;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import dev.fullstate.outbox.harness.architecture.StageTable;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.fullstate.outbox.harness.architecture.StageTable.stage;

/**
 * Lists the packages in the order of the flow: a stage sees the output of the stages before it, the loop and the wiring see every stage.
 */
@AnalyzeClasses(packages = "dev.fullstate.outbox.relay", importOptions = DoNotIncludeTests.class)
class StagesTest {

    private static final String BASE = "dev.fullstate.outbox.relay";

    private static final StageTable STAGES = StageTable.of(
            BASE,
            stage("pipelines").opens("Pipelines"),
            stage("position")
                    .opens(
                            "Lsn, Position, Progress, ResumePoint, Origin, Timeline, Numbers, Newest, Shift, Snapshot, TablePoint",
                            "Extent, Behind, Waiting, Fill, FoundEvent, FoundGap"),
            stage("failure")
                    .opens(
                            "FailureKind, KafkaFailure, PostgresFailure, RelayException, Warning, Diagnosis",
                            "Wording, Repeats"),
            stage("parking").sees("position").opens("Parking, Parked, ParkedAggregate, Command"),
            stage("wal")
                    .sees("position, failure, parking")
                    .opens(
                            "WalSource, WalSettings, ConnectionDetails, SendAfter, WalSession, Holder, SlotStatus, Facts, NewSlot",
                            "Subscription, RetainedRows, Losses, WalStream, CurrentRows, Horizons, Horizon, RepublishJobs",
                            "ParkingTables, OperatorTables, DatabaseDiagnosis, Source, TableRows, Reached",
                            "WalException, DatabaseSetupException, SlotInUseException"),
            stage("history").sees("position, wal").opens("History, Finding"),
            stage("pgoutput").sees("position, failure").opens("MessageDecoder, Message, Tuple"),
            stage("transaction")
                    .sees("position, failure, pgoutput")
                    .opens(
                            "TransactionAssembler, TransactionSink, ReceivedRow, CommittedEvent",
                            "UnpublishableRowException"),
            stage("route").sees("transaction").opens("Router, RoutedEvent"),
            stage("observation")
                    .sees("failure, transaction, route")
                    .opens(
                            "PublishObservations, ObservedEvents, PublishObservation, PublishObservationConvention",
                            "DefaultPublishObservationConvention, PublishObservationContext"),
            stage("kafka")
                    .sees("position, failure")
                    .opens(
                            "Kafka, KafkaInspection, KafkaSettings, KafkaTopic, Search, LogContext, BrokerException",
                            "UnavailableTopicsException"),
            stage("publish")
                    .sees("position, parking, failure, transaction, route, observation, kafka")
                    .opens(
                            "PreparedPublisher, Publisher, PublisherSettings",
                            "DeadLetter, RecordIdentity, RefusedRecordException, KafkaDiagnosis"),
            stage("acknowledge").sees("position").opens("AcknowledgeTracker, AcknowledgeListener, PendingTransaction"),
            stage("")
                    .sees(
                            "position, failure, parking, wal, history, pgoutput, transaction, route, kafka, publish",
                            "acknowledge, pipelines")
                    .opens(
                            "Relay, Relays, RelaySettings, AfterLoss, Poison, PoisonPolicy, RelayState, RelayStatus, RelayStatistics",
                            "RelayApplication"),
            stage("monitor").sees("", "position, failure, parking, wal").opens("RelayHealthIndicator, RelayMeters"),
            stage("admin")
                    .sees("failure, parking, position, wal, pipelines")
                    .opens("RelayController, OperatorAccess, SecuredOperatorAccess, PasswordOperatorAccess"),
            stage("autoconfigure")
                    .seesEverything()
                    .opens(
                            "OutboxRelayAutoConfiguration, RelayAdminAutoConfiguration, RelaySettingsConfiguration",
                            "OutboxRelayProperties, PipelineSettings"),
            stage("command").seesEverything().opens("RelayMain"));

    @ArchTest
    static final ArchRule STAGES_SEE_ONLY_WHAT_THEIR_LINE_SAYS = STAGES.imports();

    @ArchTest
    static final ArchRule PACKAGES_OPEN_ONLY_THEIR_DOOR = STAGES.doors();

    @ArchTest
    static final ArchRule WITHOUT_CYCLES = STAGES.cycles();

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
}
