package dev.fullstate.outbox.republish;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final Republisher republisher;
    private final AdminAccess access;

    public RepublishController(Republisher republisher, AdminAccess access) {
        this.republisher = republisher;
        this.access = access;
    }

    @PostMapping
    ResponseEntity<RepublishJob> start(@RequestBody(required = false) @Nullable Map<String, @Nullable Object> request) {
        String caller = access.requireAdmin();
        UUID id = republisher.start(RequestBodies.parse(request == null ? Map.of() : request), caller);
        return ResponseEntity.accepted().location(location(id)).body(found(republisher.find(id), id));
    }

    @GetMapping
    List<RepublishJob> latest() {
        access.requireAdmin();
        return republisher.latest();
    }

    @GetMapping("/{jobId}")
    RepublishJob find(@PathVariable String jobId) {
        access.requireAdmin();
        UUID id = uuid(jobId);
        return found(republisher.find(id), id);
    }

    @PostMapping("/{jobId}/pause")
    RepublishJob pause(@PathVariable String jobId) {
        String caller = access.requireAdmin();
        UUID id = uuid(jobId);
        return found(republisher.pause(id, caller), id);
    }

    @PostMapping("/{jobId}/resume")
    RepublishJob resume(@PathVariable String jobId) {
        String caller = access.requireAdmin();
        UUID id = uuid(jobId);
        return found(republisher.resume(id, caller), id);
    }

    @PostMapping("/{jobId}/cancel")
    RepublishJob cancel(@PathVariable String jobId) {
        String caller = access.requireAdmin();
        UUID id = uuid(jobId);
        return found(republisher.cancel(id, caller), id);
    }

    private static RepublishJob found(Optional<RepublishJob> job, UUID id) {
        return job.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "No republish job " + id));
    }

    private static URI location(UUID id) {
        return URI.create(PATH + "/" + id);
    }

    private static UUID uuid(String jobId) {
        try {
            return UUID.fromString(jobId);
        } catch (IllegalArgumentException e) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "No republish job " + jobId, e);
        }
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
    ResponseEntity<ProblemDetail> invalid(InvalidRepublishRequestException invalid) {
        return badRequest(String.valueOf(invalid.getMessage()));
    }

    /** The job says more than a problem could, and why it is in the way can be seen from it. */
    @ExceptionHandler
    ResponseEntity<RepublishJob> conflict(RepublishConflictException conflict) {
        return ResponseEntity.status(HttpStatus.CONFLICT)
                .location(location(conflict.job().id()))
                .body(conflict.job());
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
