package dev.fullstate.sample.reporting.access;

import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Users of the service.
 *
 * @param users Users that may log in. None by default.
 */
@Validated
@ConfigurationProperties("sample")
record AccessProperties(@DefaultValue List<@Valid User> users) {

    /**
     * One user.
     *
     * @param name Name to log in with.
     * @param password Password, encoded, with the encoder's id in front: '{bcrypt}$2a$10$...'.
     * @param authorities Authorities of the user.
     */
    record User(
            @NotBlank String name,

            @Pattern(regexp = "\\{\\w+}.+", message = "must name its encoder, as in '{bcrypt}$2a$10$...'")
            String password,

            @DefaultValue List<String> authorities) {

        /** Without the password. */
        @Override
        public String toString() {
            return "User[name=" + name + ", authorities=" + authorities + "]";
        }
    }
}
