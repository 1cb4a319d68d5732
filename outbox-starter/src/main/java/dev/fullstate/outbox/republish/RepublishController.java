package dev.fullstate.outbox.republish;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** {@code POST /admin/republish} and what becomes of it. Errors are problem details (RFC 9457). */
@RestController
@RequestMapping(path = RepublishController.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
public final class RepublishController {

    /** Where the endpoint is. */
    public static final String PATH = "/admin/republish";

    private static final String AGGREGATE_TYPES = "aggregateTypes";

    private final Republisher republisher;
    private final AdminAccess access;

    public RepublishController(Republisher republisher, AdminAccess access) {
        this.republisher = republisher;
        this.access = access;
    }

    @PostMapping
    ResponseEntity<RepublishJob> start(@RequestBody(required = false) @Nullable Map<String, @Nullable Object> request) {
        String caller = access.requireAdmin();
        UUID id = republisher.start(aggregateTypes(request == null ? Map.of() : request), caller);
        return ResponseEntity.accepted()
                .location(URI.create(PATH + "/" + id))
                .body(republisher.find(id).orElseThrow());
    }

    @GetMapping("/{jobId}")
    ResponseEntity<RepublishJob> find(@PathVariable String jobId) {
        access.requireAdmin();
        return ResponseEntity.ok(republisher
                .find(uuid(jobId))
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "No republish job " + jobId)));
    }

    private static UUID uuid(String jobId) {
        try {
            return UUID.fromString(jobId);
        } catch (IllegalArgumentException e) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "No republish job " + jobId, e);
        }
    }

    /** What is asked for and not understood is refused: a job for all is not what someone wanted who named a few ids. */
    private static List<String> aggregateTypes(Map<String, @Nullable Object> request) {
        Set<String> unknown = new TreeSet<>(request.keySet());
        unknown.remove(AGGREGATE_TYPES);
        if (!unknown.isEmpty()) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "Unknown " + unknown + "; '" + AGGREGATE_TYPES + "' is what can be given");
        }
        Object types = Objects.requireNonNullElse(request.get(AGGREGATE_TYPES), List.of());
        if (types instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw new ResponseStatusException(
                HttpStatus.BAD_REQUEST, "'" + AGGREGATE_TYPES + "' must be a list of aggregate types");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(ResponseStatusException refusal) {
        ResponseEntity.BodyBuilder response =
                ResponseEntity.status(refusal.getStatusCode()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (refusal.getStatusCode().value() == HttpStatus.UNAUTHORIZED.value()) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"outbox\"");
        }
        return response.body(refusal.getBody());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unknownType(UnknownAggregateTypeException unknown) {
        return badRequest(String.valueOf(unknown.getMessage()));
    }

    /** The body is read before the endpoint can ask who calls; strangers learn nothing about their body. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> unreadable(HttpMessageNotReadableException unreadable) {
        try {
            access.requireAdmin();
        } catch (ResponseStatusException refusal) {
            return refused(refusal);
        }
        return badRequest("The body is not a JSON object");
    }

    private static ResponseEntity<ProblemDetail> badRequest(String detail) {
        return ResponseEntity.badRequest()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail));
    }
}
