package dev.fullstate.outbox.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.header.HeaderWriter;

/**
 * Answers a caller with wrong credentials with a problem document, as the endpoint itself does, and without the error page, which is
 * another path of the application and may be closed to this caller. Every 401, the endpoint's too, names the ways to log in.
 */
final class AdminRefusal implements AuthenticationEntryPoint, HeaderWriter {

    private final List<String> challenges;

    /** @param challenges values of {@code WWW-Authenticate} */
    AdminRefusal(List<String> challenges) {
        this.challenges = challenges;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        write(response, HttpStatus.UNAUTHORIZED, "Log in with the authority " + SecuredAdminAccess.AUTHORITY);
    }

    /**
     * Writes a problem (RFC 9457).
     *
     * @param detail without characters that JSON would have to escape
     */
    static void write(HttpServletResponse response, HttpStatus status, String detail) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write("""
                {"title":"%s","status":%d,"detail":"%s"}""".formatted(status.getReasonPhrase(), status.value(), detail)
                .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
        if (response.getStatus() == HttpServletResponse.SC_UNAUTHORIZED
                && !response.containsHeader(HttpHeaders.WWW_AUTHENTICATE)) {
            challenges.forEach(challenge -> response.addHeader(HttpHeaders.WWW_AUTHENTICATE, challenge));
        }
    }
}
