package dev.fullstate.outbox.relay.command;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.relay.autoconfigure.RelaySettingsConfiguration;
import dev.fullstate.outbox.relay.command.RelayMain.ExitCode;
import dev.fullstate.outbox.relay.command.RelayMain.Verb;
import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.RelayException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.parking.Command.Kind;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.publish.KafkaDiagnosis;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.wal.DatabaseDiagnosis;
import dev.fullstate.outbox.relay.wal.OperatorTables;
import dev.fullstate.outbox.relay.wal.OperatorTables.Asked;
import dev.fullstate.outbox.relay.wal.OperatorTables.PipelineStatus;
import dev.fullstate.outbox.relay.wal.WalSettings;

/** Runs one command with the configuration of the relay, and prints what came of it: as lines, or with {@code --json} as JSON. */
final class CommandLine {

    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ConfigurableApplicationContext context;
    private final PrintStream out;
    private final boolean json;

    private CommandLine(ConfigurableApplicationContext context, PrintStream out) {
        this.context = context;
        this.out = out;
        this.json = context.getEnvironment().getProperty("json") != null;
    }

    /** An application that has the relay's settings, and no relay. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(RelaySettingsConfiguration.class)
    static class Settings {}

    static int run(Verb verb, PrintStream out, String... options) {
        SpringApplication application = new SpringApplication(Settings.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put("spring.application.name", "outbox-relay");
        defaults.put("logging.level.root", "error");
        application.setDefaultProperties(defaults);
        List<String> all = new ArrayList<>(List.of(options));
        all.add("--outbox.relay.enabled=false");
        try (ConfigurableApplicationContext context = application.run(all.toArray(String[]::new))) {
            return new CommandLine(context, out).run(verb);
        } catch (RelayException e) {
            out.println("ERROR  " + e.getMessage() + "\n       " + e.remedy());
            return ExitCode.NOT_OK;
        }
    }

    private int run(Verb verb) {
        return switch (verb) {
            case CHECK -> check();
            case STATUS -> print(tables().status());
            case DRAIN -> drain();
            case PAUSE -> ask(Kind.PAUSE);
            case RESUME -> ask(Kind.RESUME);
        };
    }

    private OperatorTables tables() {
        return OperatorTables.of(context.getBean(WalSettings.class));
    }

    private int check() {
        List<Diagnosis> found = new ArrayList<>(DatabaseDiagnosis.of(context.getBean(WalSettings.class)));
        found.addAll(
                KafkaDiagnosis.of(context.getBean(PublisherSettings.class), context.getBean(Kafka.Connector.class)));
        if (json) {
            out.println(JSON.writeValueAsString(found));
        } else {
            found.forEach(this::print);
        }
        return found.stream().anyMatch(each -> each.level() == Diagnosis.Level.ERROR) ? ExitCode.NOT_OK : ExitCode.OK;
    }

    private void print(Diagnosis each) {
        out.println("%-8s %s: %s".formatted(each.level(), each.subject(), each.message()));
        if (!each.remedy().isEmpty()) {
            out.println(" ".repeat(9) + each.remedy());
        }
    }

    private int print(PipelineStatus status) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        Lsn confirmed = status.confirmed();
        members.put("pipeline", status.pipeline());
        members.put("active", status.active());
        members.put("paused", status.paused());
        members.put("written", status.written().toString());
        members.put("confirmed", confirmed == null ? null : confirmed.toString());
        members.put(
                "unconfirmedBytes", confirmed == null ? null : status.written().bytesSince(confirmed));
        members.put("retainedBytes", status.retainedBytes());
        members.put("walStatus", status.walStatus());
        members.put("parkedAggregates", status.parkedAggregates());
        members.put("parkedEvents", status.parkedEvents());
        print(members);
        return status.active() ? ExitCode.OK : ExitCode.NOT_OK;
    }

    private void print(Map<String, @Nullable Object> members) {
        if (json) {
            out.println(JSON.writeValueAsString(members));
        } else {
            members.forEach((name, value) -> out.println("%-17s %s".formatted(name, value == null ? "none" : value)));
        }
    }

    /** Waits until everything is confirmed that is committed now. */
    private int drain() {
        OperatorTables tables = tables();
        Lsn goal = tables.status().written();
        long deadline = System.nanoTime() + patience().toNanos();
        PipelineStatus status = tables.status();
        while (!isConfirmed(status, goal) && System.nanoTime() - deadline < 0) {
            pause();
            status = tables.status();
        }
        Lsn confirmed = status.confirmed();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("drained", isConfirmed(status, goal) && status.parkedAggregates() == 0);
        members.put("committed", goal.toString());
        members.put("confirmed", confirmed == null ? null : confirmed.toString());
        members.put("active", status.active());
        members.put("paused", status.paused());
        members.put("parkedAggregates", status.parkedAggregates());
        print(members);
        return Boolean.TRUE.equals(members.get("drained")) ? ExitCode.OK : ExitCode.NOT_OK;
    }

    private static boolean isConfirmed(PipelineStatus status, Lsn goal) {
        Lsn confirmed = status.confirmed();
        return confirmed != null && !goal.isAfter(confirmed);
    }

    /** Asks for something, and waits until a relay has done it. */
    private int ask(Kind kind) {
        OperatorTables tables = tables();
        Asked asked = tables.ask(kind, null, null, null, "command line, " + System.getProperty("user.name"));
        long number = asked.command().number();
        long deadline = System.nanoTime() + patience().toNanos();
        Optional<Asked> now = Optional.of(asked);
        while (now.map(Asked::outcome).isEmpty() && System.nanoTime() - deadline < 0) {
            pause();
            now = tables.command(number);
        }
        String outcome = now.map(Asked::outcome).orElse(null);
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("number", number);
        members.put(
                "outcome",
                outcome != null
                        ? outcome
                        : "recorded: it counts from now on, but no relay has followed it yet; is one running?");
        print(members);
        return outcome != null ? ExitCode.OK : ExitCode.NOT_OK;
    }

    private Duration patience() {
        String timeout = context.getEnvironment().getProperty("timeout");
        return timeout == null ? DEFAULT_PATIENCE : DurationStyle.detectAndParse(timeout);
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_INTERVAL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
