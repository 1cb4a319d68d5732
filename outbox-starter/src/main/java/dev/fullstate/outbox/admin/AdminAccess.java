package dev.fullstate.outbox.admin;

/**
 * Decides who may use the admin endpoints. The endpoints themselves ask it, so that no filter chain of the application can open
 * them by accident (ADR 16).
 */
@FunctionalInterface
public interface AdminAccess {

    /**
     * Requires that the caller may use the endpoints.
     *
     * @return the caller's name
     * @throws org.springframework.web.server.ResponseStatusException with 401 if the caller is not logged in, 403 if the caller lacks
     *     the authority
     */
    String requireAdmin();
}
