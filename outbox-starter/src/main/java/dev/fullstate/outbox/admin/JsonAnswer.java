package dev.fullstate.outbox.admin;

import java.io.IOException;
import java.net.URI;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer in JSON, written with a mapper of our own: its members have the documented names, whatever the application does to its own
 * JSON.
 *
 * @param status of the response
 * @param body a value that has a JSON form
 * @param location of what the answer is about; null for none
 */
record JsonAnswer(
        HttpStatusCode status, Object body, @Nullable URI location) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static JsonAnswer of(HttpStatusCode status, Object body) {
        return new JsonAnswer(status, body, null);
    }

    /** Makes a problem (RFC 9457). */
    static JsonAnswer problem(HttpStatusCode status, @Nullable String detail) {
        return of(status, new Problem(title(status), status.value(), detail));
    }

    private static String title(HttpStatusCode status) {
        HttpStatus known = HttpStatus.resolve(status.value());
        return known == null ? "" : known.getReasonPhrase();
    }

    /** Turns a value into a tree, in which no mapper renames or leaves out a member. */
    static JsonNode tree(Object value) {
        return JSON.valueToTree(value);
    }

    void writeTo(HttpServletResponse response) throws IOException {
        response.setStatus(status.value());
        if (location != null) {
            response.setHeader(HttpHeaders.LOCATION, location.toString());
        }
        response.setContentType(
                body instanceof Problem ? MediaType.APPLICATION_PROBLEM_JSON_VALUE : MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(JSON.writeValueAsBytes(body));
    }

    private record Problem(
            String title, int status, @Nullable String detail) {}
}
