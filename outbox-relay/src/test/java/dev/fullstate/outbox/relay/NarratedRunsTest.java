package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

import dev.fullstate.outbox.relay.NarratedRun.Narrated;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tells five runs of the simulated relay (ADR 14) line by line in {@code src/test/resources/narrated}, as an example for readers of when
 * each part does its work. {@code -Dnarrated.rewrite=true} rewrites the files after an intended change.
 */
class NarratedRunsTest {

    private static final Path FOLDER = Path.of("src/test/resources/narrated");

    @BeforeAll
    static void quiet() {
        log(LogLevel.OFF);
    }

    @AfterAll
    static void loud() {
        log(LogLevel.INFO);
    }

    private static void log(LogLevel level) {
        LoggingSystem.get(NarratedRunsTest.class.getClassLoader())
                .setLogLevel(NarratedRunsTest.class.getPackageName(), level);
    }

    @Test
    void relayPublishesCommittedRowsInOrder() throws IOException {
        NarratedRun run = new NarratedRun(Delivery.EXACTLY_ONCE);
        run.chapter("The first start of all: one transaction is older than the slot");
        service(run, "a");
        Narrated relay = run.relay();
        relay.comeToRest();
        run.chapter("Two transactions, the second of two events");
        service(run, "a");
        service(run, "b", "c");
        relay.comeToRest();
        compare("ordinary-publishing", run);
    }

    @Test
    void deathBetweenPublishingAndConfirmingRepeatsNothing() throws IOException {
        NarratedRun run = streaming();
        Narrated first = run.relay();
        first.comeToRest();
        run.chapter("The relay dies after Kafka's commit, and before it confirms to PostgreSQL");
        service(run, "a");
        first.step();
        first.runOthers();
        first.kill();
        run.chapter("The next relay receives the row again, and ignores it: the position covers it");
        Narrated second = run.relay();
        second.comeToRest();
        service(run, "a");
        second.comeToRest();
        compare("crash-between-publish-and-confirm", run);
    }

    @Test
    void standByTakesOverFromASilentRelay() throws IOException {
        NarratedRun run = streaming();
        Narrated first = run.relay();
        first.comeToRest();
        run.chapter("Another relay stands by");
        Narrated second = run.relay();
        second.step();
        run.chapter(
                "The first relay has sent events and the position after them, and stands still before Kafka has the request to commit");
        service(run, "a", "b");
        first.step();
        first.send();
        run.chapter(
                "The stand-by takes the slot. Kafka aborts the first relay's transaction, and PostgreSQL sends the rows again");
        second.comeToRest();
        run.chapter("The first relay goes on, and finds itself replaced");
        for (int i = 0; i < 3; i++) {
            first.step();
            first.runOthers();
        }
        compare("takeover", run);
    }

    @Test
    void relayFillsTheGapOfALostSlot() throws IOException {
        NarratedRun run = streaming();
        Narrated first = run.relay();
        first.comeToRest();
        service(run, "a");
        first.comeToRest();
        run.chapter("No relay runs, a row is committed, and an operator drops the slot");
        first.kill();
        service(run, "a");
        run.inTheDatabase("operator", () -> run.database().loseSlot());
        service(run, "b");
        run.chapter(
                "The next relay announces the gap, creates a slot, and publishes from the table the rows that Kafka lacks");
        run.relay().comeToRest();
        compare("lost-slot", run);
    }

    @Test
    void promotionWithoutTheLastCommitsIsFoundAndRepaired() throws IOException {
        NarratedRun run = streaming();
        Narrated first = run.relay();
        first.comeToRest();
        service(run, "a");
        service(run, "b");
        first.comeToRest();
        run.chapter("Consumers have the events of commits that the promoted standby lacks");
        first.kill();
        run.promoteWithout(1);
        service(run, "c");
        run.chapter(
                "The next relay finds the lost events, asks the service for their aggregates, and shifts numbers above those that consumers know");
        run.relay().comeToRest();
        compare("promoted-standby", run);
    }

    /** Begins a run with a slot that exists and a relay that streams; the first start is not told. */
    private static NarratedRun streaming() {
        NarratedRun run = new NarratedRun(Delivery.EXACTLY_ONCE);
        run.chapter("A relay has started and streams");
        return run;
    }

    private static void service(NarratedRun run, String... keys) {
        run.inTheDatabase("service", () -> run.database().commit(keys));
    }

    private static void compare(String name, NarratedRun run) throws IOException {
        String told = String.join("\n", run.lines()) + "\n";
        Path file = FOLDER.resolve(name + ".txt");
        if (Boolean.getBoolean("narrated.rewrite")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, told, StandardCharsets.UTF_8);
        }
        assertThat(told).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
    }
}
