package dev.fullstate.outbox.admin;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.util.StringUtils;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a password that a page of another site has the browser send. It stands in for tokens against CSRF, for which there is no
 * session: a browser that once asked for a name and a password sends them along with each POST, also with those that another site's page
 * makes. The header {@code Origin} then names that site; programs send none.
 */
final class CrossOriginFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isPost(request) && hasPassword(request) && isFromAnotherOrigin(request)) {
            AdminRefusal.write(response, HttpStatus.FORBIDDEN, "A page of another origin may not use a password here");
            return;
        }
        chain.doFilter(request, response);
    }

    private static boolean isPost(HttpServletRequest request) {
        return HttpMethod.POST.matches(request.getMethod());
    }

    private static boolean hasPassword(HttpServletRequest request) {
        return StringUtils.startsWithIgnoreCase(request.getHeader(HttpHeaders.AUTHORIZATION), "Basic ");
    }

    /** The browser knows better than we do behind a proxy. */
    private static boolean isFromAnotherOrigin(HttpServletRequest request) {
        return CorsUtils.isCorsRequest(request) && !"same-origin".equals(request.getHeader("Sec-Fetch-Site"));
    }
}
