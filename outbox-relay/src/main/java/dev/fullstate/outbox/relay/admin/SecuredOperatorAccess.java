package dev.fullstate.outbox.relay.admin;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.server.ResponseStatusException;

import dev.fullstate.outbox.contract.AdminPaths;

/** Requires the authority {@value AdminPaths#AUTHORITY} of Spring Security, as the endpoint for republish jobs does. */
public final class SecuredOperatorAccess implements OperatorAccess {

    private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

    @Override
    public String requireOperator(HttpServletRequest request) {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (!trust.isAuthenticated(caller)) {
            throw new ResponseStatusException(
                    HttpStatus.UNAUTHORIZED, "Log in with the authority " + AdminPaths.AUTHORITY);
        }
        boolean granted =
                caller.getAuthorities().stream().anyMatch(each -> AdminPaths.AUTHORITY.equals(each.getAuthority()));
        if (!granted) {
            throw new ResponseStatusException(
                    HttpStatus.FORBIDDEN, "'" + caller.getName() + "' lacks the authority " + AdminPaths.AUTHORITY);
        }
        return caller.getName();
    }
}
