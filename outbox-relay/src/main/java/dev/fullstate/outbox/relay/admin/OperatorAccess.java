package dev.fullstate.outbox.relay.admin;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Decides who may use the endpoint. The endpoint itself asks, so that no filter chain can open it by accident. */
public interface OperatorAccess {

    /**
     * Requires that the caller may use the endpoint.
     *
     * @return the caller's name
     * @throws org.springframework.web.server.ResponseStatusException with 401 if the caller is not logged in, 403 if the caller lacks the
     *     authority
     */
    String requireOperator(HttpServletRequest request);

    /** Returns the way to log in, for {@code WWW-Authenticate}; null where a filter chain names it. */
    default @Nullable String challenge() {
        return null;
    }
}
