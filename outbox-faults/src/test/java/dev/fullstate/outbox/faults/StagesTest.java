package dev.fullstate.outbox.faults;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import dev.fullstate.outbox.harness.architecture.StageTable;

import static dev.fullstate.outbox.harness.architecture.StageTable.stage;

/** From the cable to the judge: tests see all of them. */
@AnalyzeClasses(packages = StagesTest.BASE, importOptions = DoNotIncludeTests.class)
class StagesTest {

    static final String BASE = "dev.fullstate.outbox.faults";

    private static final StageTable STAGES = StageTable.of(
            BASE,
            stage("network").opens("Cut, Direction, Link"),
            stage("server").sees("network").opens("Backup, Broker, BrokerCluster, Database, Outbox, Patience, Standby"),
            stage("point").opens("Control, FailingPorts, Failure, FaultyRelay, Mutant"),
            stage("relay").sees("server, point").opens("RelayProcess"),
            stage("load").sees("server").opens("Mix, Workload"),
            stage("oracle").sees("server").opens("Committed, Event, History, Published, Verdict"));

    @ArchTest
    static final ArchRule STAGES_SEE_ONLY_WHAT_THEIR_LINE_SAYS = STAGES.imports();

    @ArchTest
    static final ArchRule PACKAGES_OPEN_ONLY_THEIR_DOOR = STAGES.doors();

    @ArchTest
    static final ArchRule WITHOUT_CYCLES = STAGES.cycles();
}
