package dev.fullstate.outbox.bulk;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.bulk.Ticket.Remark;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** The start logs which modifying queries bypass capture, and with which consequence. */
@ExtendWith(OutputCaptureExtension.class)
class ModifyingQueryReportIT {

    static PostgresServer postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = SharedServers.postgres();
    }

    private static List<String> report(CapturedOutput output, String level) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains(level) && line.contains("ModifyingQueryReport"))
                .map(line -> line.substring(line.indexOf(" : ") + 3))
                .toList();
    }

    private static List<String> startWith(String policy, String level, CapturedOutput output, String... more)
            throws Exception {
        String[] properties = Stream.concat(Stream.of("outbox.capture.bulk-operations=" + policy), Stream.of(more))
                .toArray(String[]::new);
        try (ShopApplication application = Helpdesk.start(postgres, policy + more.length, properties)) {
            assertThat(application.outbox()).isEmpty();
        }
        return report(output, level);
    }

    private static String bulk(String method, String kind, Class<?> entity) {
        return method + " is a bulk " + kind + " of " + entity.getName() + ", which bypasses the capture of [ticket]. ";
    }

    private static String unknown(String method) {
        return method
                + " is native SQL and cannot be checked. If it changes aggregates of [ticket], there is no event unless"
                + " FullStateEvents.markChanged names them";
    }

    @Test
    void queriesThatBypassCaptureAreNamedAndNoOthers(CapturedOutput output) throws Exception {
        String consequence = "It fails when it is called (outbox.capture.bulk-operations=fail)";
        assertThat(startWith("fail", "WARN", output))
                .containsExactlyInAnyOrder(
                        bulk("TicketRepository.setState", "update", Ticket.class) + consequence,
                        bulk("TicketRepository.purge", "delete", Ticket.class) + consequence,
                        bulk("TicketRepository.reopenAll", "update", Ticket.class) + consequence,
                        bulk("AgentRepository.clearRemarks", "update", Remark.class) + consequence,
                        unknown("TicketRepository.closeAllInSql"));
    }

    @Test
    void queriesOfLazyRepositoriesAreReportedToo(CapturedOutput output) throws Exception {
        assertThat(startWith("fail", "WARN", output, "spring.data.jpa.repositories.bootstrap-mode=lazy"))
                .hasSize(5);
    }

    @Test
    void queriesUnderThePolicyWarnAreNamed(CapturedOutput output) throws Exception {
        assertThat(startWith("warn", "WARN", output))
                .hasSize(5)
                .contains(bulk("TicketRepository.setState", "update", Ticket.class)
                        + "When it is called there is a warning, but no event unless FullStateEvents.markChanged names the"
                        + " changed aggregates (outbox.capture.bulk-operations=warn)");
    }

    @Test
    void allowedQueriesAreNamedWithoutAWarning(CapturedOutput output) throws Exception {
        assertThat(startWith("allow", "INFO", output))
                .hasSize(5)
                .contains(bulk("TicketRepository.setState", "update", Ticket.class)
                        + "When it is called there is no event unless FullStateEvents.markChanged names the changed"
                        + " aggregates (outbox.capture.bulk-operations=allow)");
        assertThat(report(output, "WARN")).isEmpty();
    }
}
