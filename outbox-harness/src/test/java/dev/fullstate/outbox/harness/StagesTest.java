package dev.fullstate.outbox.harness;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import dev.fullstate.outbox.harness.architecture.StageTable;

import static dev.fullstate.outbox.harness.architecture.StageTable.stage;

/** Rooms that need nothing of each other. */
@AnalyzeClasses(packages = StagesTest.BASE, importOptions = DoNotIncludeTests.class)
class StagesTest {

    static final String BASE = "dev.fullstate.outbox.harness";

    private static final StageTable STAGES = StageTable.of(
            BASE,
            stage("").opens("PatientWaits"),
            stage("architecture").opens("StageTable"),
            stage("image").opens("RelayImage"),
            stage("outbox").opens("MigratedDatabase, OutboxInsert"),
            stage("process").opens("ChildJvm, ProcessUsage"),
            stage("server").opens("BrokerProcess, Databases, Ports, SharedServers"));

    @ArchTest
    static final ArchRule STAGES_SEE_ONLY_WHAT_THEIR_LINE_SAYS = STAGES.imports();

    @ArchTest
    static final ArchRule PACKAGES_OPEN_ONLY_THEIR_DOOR = STAGES.doors();

    @ArchTest
    static final ArchRule WITHOUT_CYCLES = STAGES.cycles();
}
