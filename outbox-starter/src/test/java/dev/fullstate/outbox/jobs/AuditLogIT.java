package dev.fullstate.outbox.jobs;

import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.jobs.Job.ActionTaken;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.RepublishTest;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class AuditLogIT extends RepublishTest {

    @Test
    void jobAndAuditLogNameTheCallerOfEachAction(CapturedOutput output) {
        purchases(1);
        // No chunk is then under way whose end the answers would wait for.
        republisher().stop();
        UUID job = republisher().start(List.of("purchase"), "ada");
        republisher().pause(job, "bob");
        republisher().resume(job, "eve");
        republisher().cancel(job, "dan");

        assertThat(job(job).requestedBy()).isEqualTo("ada");
        assertThat(job(job).actions())
                .extracting(ActionTaken::action, ActionTaken::actor)
                .map(Object::toString)
                .containsExactly(
                        "(\"start\", \"ada\")",
                        "(\"pause\", \"bob\")",
                        "(\"resume\", \"eve\")",
                        "(\"cancel\", \"dan\")");
        assertThat(lines(output))
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("Republish job " + job + ": start of [purchase] by \"ada\""),
                        line -> assertThat(line).endsWith("Republish job " + job + ": pause by \"bob\""),
                        line -> assertThat(line).endsWith("Republish job " + job + ": resume by \"eve\""),
                        line -> assertThat(line).endsWith("Republish job " + job + ": cancel by \"dan\""));
        assertThat(lines(output)).allMatch(line -> line.contains("INFO"));
    }

    @Test
    void nameOfACallerCannotForgeLinesOfTheLog(CapturedOutput output) {
        purchases(1);
        String name = "eve\" \r\n2026-01-01 INFO audit: cancel by \"ada\u0000\u001b[2J\u2028\u202e\ud800";

        UUID job = republisher().start(RepublishRequest.ofTypes(List.of("purchase")), name);

        String printed = "eve? ??2026-01-01 INFO audit: cancel by ?ada??[2J???";
        assertThat(ended(job).requestedBy()).isEqualTo(printed);
        assertThat(lines(output)).singleElement().asString().endsWith("by \"" + printed + "\"");
        assertThat(republisher().start(RepublishRequest.ofTypes(List.of("seat")), " "))
                .isNotNull();
        assertThat(lines(output).get(1)).endsWith("by \"unnamed\"");
        assertThat(AuditLog.printable("x".repeat(100_000))).hasSize(200);
        assertThat(AuditLog.printable("Ada Lovelace, \u00c5ngstr\u00f6m@example.com"))
                .isEqualTo("Ada Lovelace, \u00c5ngstr\u00f6m@example.com");
    }

    private static List<String> lines(CapturedOutput output) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains("Republish job ") && line.contains(" by \""))
                .toList();
    }
}
