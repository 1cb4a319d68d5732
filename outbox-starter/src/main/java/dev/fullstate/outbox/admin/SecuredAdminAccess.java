package dev.fullstate.outbox.admin;

import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.server.ResponseStatusException;

import dev.fullstate.outbox.contract.AdminPaths;

/** Requires the authority {@value #AUTHORITY} of Spring Security. */
public final class SecuredAdminAccess implements AdminAccess {

    /** The authority that a caller must have been granted. */
    public static final String AUTHORITY = AdminPaths.AUTHORITY;

    private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

    @Override
    public String requireAdmin() {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (!trust.isAuthenticated(caller)) {
            throw new ResponseStatusException(HttpStatus.UNAUTHORIZED, "Log in with the authority " + AUTHORITY);
        }
        boolean granted = caller.getAuthorities().stream().anyMatch(each -> AUTHORITY.equals(each.getAuthority()));
        if (!granted) {
            throw new ResponseStatusException(
                    HttpStatus.FORBIDDEN, "'" + caller.getName() + "' lacks the authority " + AUTHORITY);
        }
        return caller.getName();
    }
}
