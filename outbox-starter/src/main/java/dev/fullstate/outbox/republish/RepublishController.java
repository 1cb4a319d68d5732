package dev.fullstate.outbox.republish;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * {@code POST /admin/republish} and what becomes of it. Errors are problem details (RFC 9457). Each request is asked for the
 * authority before anything else of it is read.
 *
 * <p>Not final: an application may intercept all of its controllers.
 */
@RestController
@RequestMapping(path = RepublishController.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
public class RepublishController {

    /** Where the endpoint is. */
    public static final String PATH = "/admin/republish";

    private final Republisher republisher;
    private final AdminAccess access;

    public RepublishController(Republisher republisher, AdminAccess access) {
        this.republisher = republisher;
        this.access = access;
    }

    @PostMapping
    ResponseEntity<RepublishJob> start(HttpServletRequest request) throws IOException {
        String caller = access.requireAdmin();
        UUID id = republisher.start(RequestBodies.read(request), caller);
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

    /** Below whatever the application's servlets are mapped to. */
    private static URI location(UUID id) {
        return URI.create(String.valueOf(ServletUriComponentsBuilder.fromCurrentServletMapping()
                .path(PATH + "/" + id)
                .build()
                .getPath()));
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
        return ResponseEntity.status(refusal.getStatusCode())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(refusal.getBody());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> invalid(InvalidRepublishRequestException invalid) {
        return ResponseEntity.badRequest()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(invalid.getMessage())));
    }

    /** The job says more than a problem could, and why it is in the way can be seen from it. */
    @ExceptionHandler
    ResponseEntity<RepublishJob> conflict(RepublishConflictException conflict) {
        return ResponseEntity.status(HttpStatus.CONFLICT)
                .location(location(conflict.job().id()))
                .body(conflict.job());
    }
}
