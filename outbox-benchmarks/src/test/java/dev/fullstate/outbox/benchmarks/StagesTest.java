package dev.fullstate.outbox.benchmarks;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import dev.fullstate.outbox.harness.architecture.StageTable;

import static dev.fullstate.outbox.harness.architecture.StageTable.stage;

/** From servers and load to cases and the report. */
@AnalyzeClasses(
        packages = StagesTest.BASE,
        importOptions = {DoNotIncludeTests.class, StagesTest.WrittenByHand.class})
class StagesTest {

    static final String BASE = "dev.fullstate.outbox.benchmarks";

    private static final StageTable STAGES = StageTable.of(
            BASE,
            stage("limit").opens("Limit"),
            stage("process").opens("LogTail"),
            stage("server").opens("Broker, DatabaseServer, OutboxDatabase"),
            stage("load").sees("server").opens("Backlog, Clock, EventNumber, PacedWriter, ReadyRows"),
            stage("arrival").sees("load").opens("ArrivalTimes, Arrivals, Timeline"),
            stage("contender")
                    .sees("limit, process")
                    .opens(
                            "Contender, DebeziumConnect, DebeziumTuning, LimitProcess, Measured, OrdersApplication, Pipeline",
                            "RelayProcess"),
            stage("report").opens("Compare, Figure, Metric, Report, Results, Run"),
            stage("micro")
                    .sees("load, server, report")
                    .opens("AcknowledgingBenchmark, DecodingBenchmark, EnvelopeBenchmark, Micro"),
            stage("cases")
                    .sees("server, load, arrival, contender, micro, report")
                    .opens(
                            "Bench, Case, CaptureCase, DrainCase, IdleCase, LatencyCase, MemoryCase, MicroCase",
                            "OneProcessCase, PipelinesCase, RepublishCase, RepublishHeapCase, RepublishLiveCase, StartCase, WholeWayCase"),
            stage("").seesEverything().opens("Benchmarks"));

    static final class WrittenByHand implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("jmh_generated");
        }
    }

    @ArchTest
    static final ArchRule STAGES_SEE_ONLY_WHAT_THEIR_LINE_SAYS = STAGES.imports();

    @ArchTest
    static final ArchRule PACKAGES_OPEN_ONLY_THEIR_DOOR = STAGES.doors();

    @ArchTest
    static final ArchRule WITHOUT_CYCLES = STAGES.cycles();
}
