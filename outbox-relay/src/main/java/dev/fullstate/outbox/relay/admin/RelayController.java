package dev.fullstate.outbox.relay.admin;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.contract.AdminPaths;
import dev.fullstate.outbox.relay.failure.Wording;
import dev.fullstate.outbox.relay.parking.Command;
import dev.fullstate.outbox.relay.parking.Command.Kind;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;
import dev.fullstate.outbox.relay.pipelines.Pipelines;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.wal.OperatorTables;
import dev.fullstate.outbox.relay.wal.OperatorTables.Asked;
import dev.fullstate.outbox.relay.wal.WalException;

/**
 * Lists parked aggregates, and takes commands for them. Errors are problem details (RFC 9457). The controller writes its answers itself, past
 * the converters of the application, and checks the caller before it reads anything else of a request (ADR 16).
 *
 * <p>Not final: an application may intercept all of its controllers.
 */
@RestController
@RequestMapping(AdminPaths.RELAY)
public class RelayController {

    private static final Logger log = LoggerFactory.getLogger(RelayController.class);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Pipelines<OperatorTables> pipelines;
    private final OperatorAccess access;

    public RelayController(Pipelines<OperatorTables> pipelines, OperatorAccess access) {
        this.pipelines = pipelines;
        this.access = access;
    }

    /** A parked aggregate; the names are those of the members in JSON. */
    private record ParkedBody(
            String aggregateType,
            String aggregateId,
            long firstSequence,
            long lastSequence,
            long eventCount,
            long payloadBytes,
            String reason,
            boolean released,
            Instant since) {

        static ParkedBody of(ParkedAggregate parked) {
            return new ParkedBody(
                    parked.type(),
                    parked.id(),
                    parked.next(),
                    parked.hasRange() ? parked.last() : parked.next(),
                    parked.count(),
                    parked.bytes(),
                    parked.reason(),
                    parked.mayBePublished(),
                    parked.since());
        }
    }

    /** A command; the names are those of the members in JSON. */
    private record CommandBody(
            long number,
            String command,
            @Nullable String aggregateType,
            @Nullable String aggregateId,
            @Nullable Long firstSequence,
            @Nullable String slotPosition,
            String requestedBy,
            Instant createdAt,
            @Nullable String outcome,
            @Nullable Instant doneAt) {

        static CommandBody of(Asked asked) {
            Command command = asked.command();
            return new CommandBody(
                    command.number(),
                    command.kind().name().toLowerCase(Locale.ROOT),
                    command.type(),
                    command.id(),
                    command.first(),
                    command.slotPosition() == null
                            ? null
                            : command.slotPosition().toString(),
                    command.requestedBy(),
                    asked.createdAt(),
                    asked.outcome(),
                    asked.doneAt());
        }
    }

    private record Problem(
            String title, int status, @Nullable String detail) {}

    @GetMapping("/parked")
    void parked(HttpServletRequest request, HttpServletResponse response) throws IOException {
        list("parked", tables -> tables.parked().stream().map(ParkedBody::of).toList(), request, response);
    }

    /** Writes a list of one pipeline, or those of all. A database that does not answer hides no other's. */
    private void list(
            String name,
            Function<OperatorTables, List<?>> list,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        access.requireOperator(request);
        Object body = ChosenPipeline.isForAll(pipelines, request)
                ? listsOfAll(name, list)
                : list.apply(ChosenPipeline.of(pipelines, request).tables());
        write(response, HttpStatus.OK, MediaType.APPLICATION_JSON_VALUE, body);
    }

    private List<Map<String, Object>> listsOfAll(String name, Function<OperatorTables, List<?>> list) {
        Pipelines<Map<String, Object>> answers = pipelines.ask(tables -> {
            try {
                return Map.of(name, list.apply(tables));
            } catch (WalException e) {
                return Map.of("problem", describe(e));
            } catch (RuntimeException e) {
                log.warn("The pipelines that an operator asks for could not be read all", e);
                return Map.of("problem", "The pipeline could not be asked; the log says why");
            }
        });
        List<Map<String, Object>> all = new ArrayList<>();
        answers.byName().forEach((pipeline, answer) -> {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("pipeline", pipeline);
            members.putAll(answer);
            all.add(members);
        });
        return all;
    }

    @PostMapping("/parked/retry")
    void retry(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ask(Kind.RETRY, request, response);
    }

    @PostMapping("/parked/skip")
    void skip(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ask(Kind.SKIP, request, response);
    }

    @PostMapping("/parked/release")
    void release(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ask(Kind.RELEASE, request, response);
    }

    private void ask(Kind kind, HttpServletRequest request, HttpServletResponse response) throws IOException {
        String operator = access.requireOperator(request);
        CommandRequest asked = CommandRequest.read(request);
        ChosenPipeline pipeline = ChosenPipeline.of(pipelines, request);
        OperatorTables tables = pipeline.tables();
        if (tables.parked().stream().noneMatch(asked::isFor)) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "No such aggregate is parked");
        }
        accept(
                tables.ask(kind, asked.aggregateType(), asked.aggregateId(), asked.firstSequence(), operator),
                pipeline,
                request,
                response);
    }

    private static void accept(
            Asked command, ChosenPipeline pipeline, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader(
                HttpHeaders.LOCATION,
                request.getContextPath() + AdminPaths.RELAY + "/commands/"
                        + command.command().number() + pipeline.query());
        write(response, HttpStatus.ACCEPTED, MediaType.APPLICATION_JSON_VALUE, CommandBody.of(command));
    }

    @PostMapping("/pause")
    void pause(HttpServletRequest request, HttpServletResponse response) throws IOException {
        askOfAll(Kind.PAUSE, request, response);
    }

    @PostMapping("/resume")
    void resume(HttpServletRequest request, HttpServletResponse response) throws IOException {
        askOfAll(Kind.RESUME, request, response);
    }

    /** Accepts the position of the slot that the caller has seen: 409 if the slot is not there, or a relay streams from it. */
    @PostMapping("/accept")
    void accept(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String operator = access.requireOperator(request);
        Lsn position = CommandRequest.readSlotPosition(request);
        ChosenPipeline pipeline = ChosenPipeline.of(pipelines, request);
        OperatorTables tables = pipeline.tables();
        Asked asked = tables.accept(position, operator)
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.CONFLICT, tables.status().whyNotAccepted(position)));
        accept(asked, pipeline, request, response);
    }

    private void askOfAll(Kind kind, HttpServletRequest request, HttpServletResponse response) throws IOException {
        String operator = access.requireOperator(request);
        CommandRequest.requireEmpty(request);
        ChosenPipeline pipeline = ChosenPipeline.of(pipelines, request);
        accept(pipeline.tables().ask(kind, null, null, null, operator), pipeline, request, response);
    }

    @GetMapping("/commands")
    void commands(HttpServletRequest request, HttpServletResponse response) throws IOException {
        list(
                "commands",
                tables -> tables.commands().stream().map(CommandBody::of).toList(),
                request,
                response);
    }

    @GetMapping("/commands/{number}")
    void command(@PathVariable("number") String number, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        access.requireOperator(request);
        OperatorTables tables = ChosenPipeline.of(pipelines, request).tables();
        Asked found = number.matches("[0-9]{1,18}")
                ? tables.command(Long.parseLong(number)).orElse(null)
                : null;
        if (found == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "No command " + number);
        }
        write(response, HttpStatus.OK, MediaType.APPLICATION_JSON_VALUE, CommandBody.of(found));
    }

    @ExceptionHandler
    void refused(ResponseStatusException refusal, HttpServletResponse response) throws IOException {
        String challenge = access.challenge();
        if (refusal.getStatusCode().equals(HttpStatus.UNAUTHORIZED) && challenge != null) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
        }
        problem(response, refusal.getStatusCode(), refusal.getReason());
    }

    @ExceptionHandler
    void unanswered(WalException failure, HttpServletResponse response) throws IOException {
        problem(response, HttpStatus.SERVICE_UNAVAILABLE, describe(failure));
    }

    private static String describe(WalException failure) {
        return Wording.withRemedy(String.valueOf(failure.getMessage()), failure.remedy());
    }

    private static void problem(HttpServletResponse response, HttpStatusCode status, @Nullable String detail)
            throws IOException {
        HttpStatus known = HttpStatus.resolve(status.value());
        write(
                response,
                status,
                MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                new Problem(known == null ? "" : known.getReasonPhrase(), status.value(), detail));
    }

    private static void write(HttpServletResponse response, HttpStatusCode status, String contentType, Object body)
            throws IOException {
        response.setStatus(status.value());
        response.setContentType(contentType);
        response.getOutputStream().write(JSON.writeValueAsBytes(body));
    }
}
