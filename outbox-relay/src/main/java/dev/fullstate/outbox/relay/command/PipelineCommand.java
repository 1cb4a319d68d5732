package dev.fullstate.outbox.relay.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.autoconfigure.PipelineSettings;
import dev.fullstate.outbox.relay.command.RelayMain.ExitCode;
import dev.fullstate.outbox.relay.command.RelayMain.Verb;
import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.RelayException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.parking.Command.Kind;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.publish.KafkaDiagnosis;
import dev.fullstate.outbox.relay.wal.DatabaseDiagnosis;
import dev.fullstate.outbox.relay.wal.OperatorTables;
import dev.fullstate.outbox.relay.wal.OperatorTables.Asked;
import dev.fullstate.outbox.relay.wal.OperatorTables.PipelineStatus;

/**
 * Runs one command for one pipeline.
 *
 * @param patience for what a command waits for
 * @param position of the slot, for {@link Verb#ACCEPT}; null for all others
 */
record PipelineCommand(
        Verb verb,
        Kafka.Connector kafka,
        Duration patience,
        @Nullable Lsn position) {

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

    /**
     * What came of a command.
     *
     * @param json what is printed as JSON
     * @param lines the same for people
     */
    record Outcome(int code, Object json, List<String> lines) {

        static Outcome of(boolean done, Map<String, @Nullable Object> members) {
            List<String> lines = new ArrayList<>();
            members.forEach((name, value) -> lines.add("%-17s %s".formatted(name, value == null ? "none" : value)));
            return new Outcome(done ? ExitCode.OK : ExitCode.NOT_OK, members, lines);
        }

        static Outcome of(RelayException e) {
            return refused(String.valueOf(e.getMessage()), e.remedy());
        }

        static Outcome refused(String message, String remedy) {
            return new Outcome(
                    ExitCode.NOT_OK,
                    Map.of("error", message, "remedy", remedy),
                    List.of("ERROR  " + message, "       " + remedy));
        }
    }

    Outcome run(PipelineSettings pipeline) {
        try {
            OperatorTables tables = OperatorTables.of(pipeline.wal());
            return switch (verb) {
                case CHECK -> check(pipeline);
                case STATUS -> describe(tables.status());
                case DRAIN -> drain(tables);
                case PAUSE -> ask(tables, Kind.PAUSE);
                case RESUME -> ask(tables, Kind.RESUME);
                case ACCEPT -> accept(tables, Objects.requireNonNull(position, "The command line has one"));
            };
        } catch (RelayException e) {
            return Outcome.of(e);
        } catch (RuntimeException e) {
            // The other pipelines have answers, too.
            return new Outcome(ExitCode.NOT_OK, Map.of("error", e.toString()), List.of("ERROR  " + e));
        }
    }

    private Outcome check(PipelineSettings pipeline) {
        List<Diagnosis> found = new ArrayList<>(DatabaseDiagnosis.of(pipeline.wal()));
        found.addAll(KafkaDiagnosis.of(pipeline.publisher(), kafka));
        found.addAll(PipelineDiagnosis.of(pipeline, kafka, List.copyOf(found)));
        return new Outcome(
                Diagnosis.isAnyError(found) ? ExitCode.NOT_OK : ExitCode.OK,
                found,
                found.stream().flatMap(PipelineCommand::describe).toList());
    }

    private static Stream<String> describe(Diagnosis each) {
        String finding = "%-8s %s: %s".formatted(each.level(), each.subject(), each.message());
        return each.remedy().isEmpty() ? Stream.of(finding) : Stream.of(finding, " ".repeat(9) + each.remedy());
    }

    private static Outcome describe(PipelineStatus status) {
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
        return Outcome.of(status.active(), members);
    }

    /** Waits until everything is confirmed that is committed now. */
    private Outcome drain(OperatorTables tables) {
        PipelineStatus goal = tables.status();
        long deadline = System.nanoTime() + patience.toNanos();
        PipelineStatus status = goal;
        while (!status.hasReached(goal) && System.nanoTime() - deadline < 0) {
            pause();
            status = tables.status();
        }
        Lsn confirmed = status.confirmed();
        boolean drained = status.hasReached(goal) && status.parkedAggregates() == 0;
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("drained", drained);
        members.put("committed", goal.written().toString());
        members.put("confirmed", confirmed == null ? null : confirmed.toString());
        members.put("active", status.active());
        members.put("paused", status.paused());
        members.put("parkedAggregates", status.parkedAggregates());
        return Outcome.of(drained, members);
    }

    private Outcome ask(OperatorTables tables, Kind kind) {
        return await(tables, tables.ask(kind, null, null, null, requestedBy()));
    }

    private Outcome accept(OperatorTables tables, Lsn slotPosition) {
        Asked asked = tables.accept(slotPosition, requestedBy()).orElse(null);
        return asked == null
                ? Outcome.refused(tables.status().whyNotAccepted(slotPosition), "See the commands check and status")
                : await(tables, asked);
    }

    private static String requestedBy() {
        return "command line, " + System.getProperty("user.name");
    }

    /** Waits until a relay has done what was asked for, or has refused it. */
    private Outcome await(OperatorTables tables, Asked asked) {
        long number = asked.command().number();
        long deadline = System.nanoTime() + patience.toNanos();
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
        return Outcome.of(now.filter(Asked::isFollowed).isPresent(), members);
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
