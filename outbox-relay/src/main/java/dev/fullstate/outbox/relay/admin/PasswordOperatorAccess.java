package dev.fullstate.outbox.relay.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.StringUtils;
import org.springframework.web.server.ResponseStatusException;

/** Requires one name and one password (HTTP basic, RFC 7617), where there is no Spring Security. */
public final class PasswordOperatorAccess implements OperatorAccess {

    private static final String SCHEME = "Basic ";

    private final String username;
    private final byte[] expected;

    /** @param password not empty */
    public PasswordOperatorAccess(String username, String password) {
        this.username = username;
        this.expected = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String requireOperator(HttpServletRequest request) {
        // Takes as long whatever the caller sends.
        if (!MessageDigest.isEqual(expected, credentials(request.getHeader(HttpHeaders.AUTHORIZATION)))) {
            throw new ResponseStatusException(
                    HttpStatus.UNAUTHORIZED, "Log in with outbox.relay.admin.username and outbox.relay.admin.password");
        }
        return username;
    }

    @Override
    public String challenge() {
        return "Basic realm=\"outbox-relay\"";
    }

    private static byte[] credentials(String header) {
        if (!StringUtils.startsWithIgnoreCase(header, SCHEME)) {
            return new byte[0];
        }
        try {
            return Base64.getDecoder().decode(header.substring(SCHEME.length()).trim());
        } catch (IllegalArgumentException noBase64) {
            return new byte[0];
        }
    }
}
