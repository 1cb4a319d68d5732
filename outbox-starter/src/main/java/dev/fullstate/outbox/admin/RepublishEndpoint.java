package dev.fullstate.outbox.admin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

import dev.fullstate.outbox.republish.InvalidRepublishRequestException;
import dev.fullstate.outbox.republish.RepublishConflictException;
import dev.fullstate.outbox.republish.Republisher;

/**
 * Does at {@code /actuator/outboxRepublish} the same as {@code /admin/republish}, for operators who use Actuator. It checks the caller's
 * authority itself, too; the application's own security has to authenticate the caller (ADR 16).
 */
@WebEndpoint(id = "outboxRepublish")
public class RepublishEndpoint {

    private static final int CONFLICT = 409;

    private final Republisher republisher;
    private final AdminAccess access;

    public RepublishEndpoint(Republisher republisher, AdminAccess access) {
        this.republisher = republisher;
        this.access = access;
    }

    @ReadOperation
    public WebEndpointResponse<?> latest() {
        return answer(caller -> Optional.of(republisher.latest()));
    }

    @ReadOperation
    public WebEndpointResponse<?> find(@Selector UUID jobId) {
        return answer(caller -> republisher.find(jobId));
    }

    /** Starts a job. Actuator takes a list as text with commas, and drops unknown parameters, so a misspelt one goes unnoticed here. */
    @WriteOperation
    public WebEndpointResponse<?> start(
            @Nullable List<String> aggregateTypes,
            @Nullable List<String> ids,
            @Nullable String changedSince,
            @Nullable Integer ratePerSecond,
            @Nullable Boolean dryRun,
            @Nullable Boolean tombstones) {
        Map<String, @Nullable Object> request = new HashMap<>();
        request.put("aggregateTypes", aggregateTypes);
        request.put("ids", ids);
        request.put("changedSince", changedSince);
        request.put("ratePerSecond", ratePerSecond);
        request.put("dryRun", dryRun);
        request.put("tombstones", tombstones);
        request.values().removeIf(value -> value == null);
        return answer(caller -> republisher.find(republisher.start(RequestBodies.parse(request), caller)));
    }

    /**
     * Changes the state of a job.
     *
     * @param action pause, resume or cancel
     */
    @WriteOperation
    public WebEndpointResponse<?> change(@Selector UUID jobId, String action) {
        return answer(caller -> switch (action) {
            case "pause" -> republisher.pause(jobId, caller);
            case "resume" -> republisher.resume(jobId, caller);
            case "cancel" -> republisher.cancel(jobId, caller);
            default ->
                throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'action' must be pause, resume or cancel");
        });
    }

    /** Checks the caller first. Refusals are answers, because an exception would go to the application's advice. */
    private WebEndpointResponse<?> answer(Function<String, Optional<?>> operation) {
        try {
            Optional<?> found = operation.apply(access.requireAdmin());
            return found.isEmpty()
                    ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                    : new WebEndpointResponse<>(JsonAnswer.tree(found.get()));
        } catch (ResponseStatusException e) {
            return refusal(e.getReason(), e.getStatusCode().value());
        } catch (InvalidRepublishRequestException e) {
            return refusal(e.getMessage(), WebEndpointResponse.STATUS_BAD_REQUEST);
        } catch (RepublishConflictException e) {
            return new WebEndpointResponse<>(JsonAnswer.tree(e.job()), CONFLICT);
        }
    }

    private static WebEndpointResponse<?> refusal(@Nullable String detail, int status) {
        return new WebEndpointResponse<>(Map.of("detail", String.valueOf(detail)), status);
    }
}
