package dev.fullstate.outbox.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;

import dev.fullstate.outbox.contract.AdminPaths;

/**
 * Authenticates callers of the admin paths, those of a relay inside the application too, and of no other path: with HTTP basic where the application has users, with bearer tokens
 * where it has a decoder for them. The endpoint itself decides which callers may use it (ADR 16).
 */
public final class AdminFilterChain {

    private static final Logger log = LoggerFactory.getLogger(AdminFilterChain.class);

    /** Sets up how a chain reads the application's bearer tokens. A type of our own: each {@code Customizer} bean changes all chains. */
    @FunctionalInterface
    public interface BearerTokens {

        void acceptedBy(HttpSecurity http, AuthenticationEntryPoint refusal);
    }

    private AdminFilterChain() {}

    private static String[] paths(boolean hasRelay) {
        Stream<String> republish = Stream.of(RepublishController.PATH, RepublishController.PATH + "/**");
        Stream<String> relay = hasRelay ? Stream.of(AdminPaths.RELAY, AdminPaths.RELAY + "/**") : Stream.empty();
        return Stream.concat(republish, relay).toArray(String[]::new);
    }

    /**
     * Builds the chain.
     *
     * @param hasRelay whether there is an endpoint for operators of a relay, too
     * @param hasUsers whether the application can check names and passwords
     * @param bearerTokens null where the application has none
     */
    public static SecurityFilterChain build(
            HttpSecurity http, boolean hasRelay, boolean hasUsers, @Nullable BearerTokens bearerTokens) {
        List<String> challenges = new ArrayList<>();
        AdminRefusal refusal = new AdminRefusal(challenges);
        if (hasUsers) {
            challenges.add("Basic realm=\"outbox\"");
            http.httpBasic(basic -> basic.authenticationEntryPoint(refusal))
                    .addFilterBefore(new CrossOriginFilter(), BasicAuthenticationFilter.class);
        }
        if (bearerTokens != null) {
            challenges.add("Bearer");
            bearerTokens.acceptedBy(http, refusal);
        }
        if (challenges.isEmpty()) {
            log.warn(
                    "No caller can log in at {}: the application has neither users nor a decoder of bearer tokens among its beans. Set"
                            + " outbox.admin.security-filter-chain=false to have the application's own filter chain authenticate there",
                    RepublishController.PATH);
        }
        // No rule about requests: ours would not go together with one that the application adds to every chain.
        return http.securityMatcher(paths(hasRelay))
                .headers(headers -> headers.addHeaderWriter(refusal))
                .exceptionHandling(failures -> failures.authenticationEntryPoint(refusal))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .build();
    }
}
