package dev.fullstate.outbox.admin;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

import dev.fullstate.outbox.contract.AdminPaths;
import dev.fullstate.outbox.republish.InvalidRepublishRequestException;
import dev.fullstate.outbox.republish.RepublishConflictException;
import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.Republisher;

/**
 * Starts jobs for {@code POST /admin/republish}, shows and changes them. Errors are problem details (RFC 9457). The controller writes its
 * answers itself, past the converters that the application has for its own. It checks the caller's authority before it reads
 * anything else of a request (ADR 16).
 *
 * <p>Not final: an application may intercept all of its controllers.
 */
@RestController
@RequestMapping(RepublishController.PATH)
public class RepublishController {

    /** The path of the endpoint. */
    public static final String PATH = AdminPaths.REPUBLISH;

    private final Republisher republisher;
    private final AdminAccess access;

    public RepublishController(Republisher republisher, AdminAccess access) {
        this.republisher = republisher;
        this.access = access;
    }

    @PostMapping
    void start(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String caller = access.requireAdmin();
        UUID id = republisher.start(RequestBodies.read(request), caller);
        new JsonAnswer(HttpStatus.ACCEPTED, found(republisher.find(id), id), location(id)).writeTo(response);
    }

    @GetMapping
    void latest(HttpServletResponse response) throws IOException {
        access.requireAdmin();
        JsonAnswer.of(HttpStatus.OK, republisher.latest()).writeTo(response);
    }

    @GetMapping("/{jobId}")
    void find(@PathVariable("jobId") String jobId, HttpServletResponse response) throws IOException {
        access.requireAdmin();
        answer(jobId, republisher::find, response);
    }

    @PostMapping("/{jobId}/pause")
    void pause(@PathVariable("jobId") String jobId, HttpServletResponse response) throws IOException {
        String caller = access.requireAdmin();
        answer(jobId, id -> republisher.pause(id, caller), response);
    }

    @PostMapping("/{jobId}/resume")
    void resume(@PathVariable("jobId") String jobId, HttpServletResponse response) throws IOException {
        String caller = access.requireAdmin();
        answer(jobId, id -> republisher.resume(id, caller), response);
    }

    @PostMapping("/{jobId}/cancel")
    void cancel(@PathVariable("jobId") String jobId, HttpServletResponse response) throws IOException {
        String caller = access.requireAdmin();
        answer(jobId, id -> republisher.cancel(id, caller), response);
    }

    private static void answer(
            String jobId, Function<UUID, Optional<RepublishJob>> operation, HttpServletResponse response)
            throws IOException {
        UUID id = uuid(jobId);
        JsonAnswer.of(HttpStatus.OK, found(operation.apply(id), id)).writeTo(response);
    }

    private static RepublishJob found(Optional<RepublishJob> job, UUID id) {
        return job.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "No republish job " + id));
    }

    /** The path of a job, below the one that the application's servlet is mapped to. */
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
    void refused(ResponseStatusException refusal, HttpServletResponse response) throws IOException {
        JsonAnswer.problem(refusal.getStatusCode(), refusal.getReason()).writeTo(response);
    }

    @ExceptionHandler
    void invalid(InvalidRepublishRequestException invalid, HttpServletResponse response) throws IOException {
        JsonAnswer.problem(HttpStatus.BAD_REQUEST, invalid.getMessage()).writeTo(response);
    }

    /** Answers with the job: it tells more than a problem could, and shows why it is in the way. */
    @ExceptionHandler
    void conflict(RepublishConflictException conflict, HttpServletResponse response) throws IOException {
        RepublishJob job = conflict.job();
        new JsonAnswer(HttpStatus.CONFLICT, job, location(job.id())).writeTo(response);
    }
}
