package dev.fullstate.outbox.admin;

/**
 * Who may use the admin endpoints. Asked by the endpoints themselves, so that no filter chain of the application can open
 * them by accident.
 */
@FunctionalInterface
public interface AdminAccess {

    /**
     * The name of the caller, if it may.
     *
     * @throws org.springframework.web.server.ResponseStatusException with 401 if nobody is logged in, 403 if the caller lacks
     *     the authority
     */
    String requireAdmin();
}
