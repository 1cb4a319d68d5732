package dev.fullstate.outbox.relay.command;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.relay.autoconfigure.PipelineSettings;
import dev.fullstate.outbox.relay.autoconfigure.RelaySettingsConfiguration;
import dev.fullstate.outbox.relay.command.PipelineCommand.Outcome;
import dev.fullstate.outbox.relay.command.RelayMain.ExitCode;
import dev.fullstate.outbox.relay.command.RelayMain.Verb;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.pipelines.Pipelines;
import dev.fullstate.outbox.relay.position.Lsn;

/**
 * Runs one command with the configuration of the relay, and prints what came of it: as lines, or with {@code --json} as JSON. Several pipelines
 * are asked at the same time; {@code --pipeline} chooses one of them.
 */
final class CommandLine {

    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);
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
    static class Settings {

        private final Pipelines<PipelineSettings> pipelines;

        Settings(Pipelines<PipelineSettings> pipelines) {
            this.pipelines = pipelines;
        }
    }

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
        }
    }

    private int run(Verb verb) {
        Pipelines<PipelineSettings> pipelines = context.getBean(Settings.class).pipelines;
        List<String> chosen = context.getBean(ApplicationArguments.class).getOptionValues("pipeline");
        // An environment variable of this name is somebody else's.
        List<String> positions = context.getBean(ApplicationArguments.class).getOptionValues("position");
        String position = positions == null || positions.size() != 1 ? null : positions.get(0);
        String wrong = verb == Verb.ACCEPT ? wrongAcceptance(position, pipelines.areNamed() && chosen == null) : null;
        if (wrong != null) {
            out.println(wrong);
            return ExitCode.WRONG_CALL;
        }
        PipelineCommand command = new PipelineCommand(
                verb,
                context.getBean(Kafka.Connector.class),
                patience(),
                verb == Verb.ACCEPT && position != null ? Lsn.parse(position) : null);
        if (chosen != null) {
            return one(chosen, pipelines, command);
        }
        Pipelines<Outcome> outcomes = pipelines.ask(command::run);
        if (pipelines.areNamed()) {
            print(outcomes);
        } else {
            outcomes.byName().values().forEach(this::print);
        }
        return outcomes.byName().values().stream().mapToInt(Outcome::code).max().orElse(ExitCode.OK);
    }

    /** Says what is wrong with a call that accepts a position; null if nothing is. */
    private static @Nullable String wrongAcceptance(@Nullable String position, boolean isOfAll) {
        if (isOfAll) {
            return "'accept' is for one pipeline: choose it with '--pipeline'";
        }
        if (position == null) {
            return "'accept' needs '--position', the position of the slot that 'check' and 'status' show, such as 0/16B3748";
        }
        try {
            Lsn.parse(position);
            return null;
        } catch (IllegalArgumentException e) {
            return "'--position' is wrong. " + e.getMessage();
        }
    }

    private int one(List<String> chosen, Pipelines<PipelineSettings> pipelines, PipelineCommand command) {
        PipelineSettings pipeline = pipelines.areNamed() && chosen.size() == 1
                ? pipelines.find(chosen.get(0)).orElse(null)
                : null;
        if (pipeline == null) {
            out.println(
                    pipelines.areNamed()
                            ? "'--pipeline' takes one of " + pipelines.names() + ", and not " + chosen
                            : "This relay has one pipeline, without a name; leave '--pipeline' out");
            return ExitCode.WRONG_CALL;
        }
        Outcome outcome = command.run(pipeline);
        print(outcome);
        return outcome.code();
    }

    private void print(Pipelines<Outcome> outcomes) {
        if (json) {
            out.println(JSON.writeValueAsString(outcomes.map(Outcome::json).byName()));
        } else {
            outcomes.byName().forEach((name, outcome) -> {
                out.println("[" + name + "]");
                print(outcome);
            });
        }
    }

    private void print(Outcome outcome) {
        if (json) {
            out.println(JSON.writeValueAsString(outcome.json()));
        } else {
            outcome.lines().forEach(out::println);
        }
    }

    private Duration patience() {
        String timeout = context.getEnvironment().getProperty("timeout");
        return timeout == null ? DEFAULT_PATIENCE : DurationStyle.detectAndParse(timeout);
    }
}
