package dev.fullstate.outbox.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.authentication.configuration.AuthenticationConfiguration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;

import dev.fullstate.outbox.republish.RepublishController;

/**
 * Authentication for the admin path, and for nothing else: HTTP basic where the application has users, bearer tokens where it
 * has a decoder for them. Whether the caller may is the endpoint's own question.
 *
 * <p>Only beside another chain, for with ours as the only one Spring Security would leave the rest of the application open.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "outbox.admin.security-filter-chain", matchIfMissing = true)
@ConditionalOnBean({HttpSecurity.class, SecurityFilterChain.class})
class AdminFilterChainConfiguration {

    private static final Logger log = LoggerFactory.getLogger(AdminFilterChainConfiguration.class);

    /** How the application's bearer tokens are read. A type of our own: each {@code Customizer} bean changes all chains. */
    @FunctionalInterface
    interface BearerTokens {

        void acceptedBy(HttpSecurity http, AdminRefusal refusal);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    SecurityFilterChain outboxAdminSecurityFilterChain(
            HttpSecurity http, AuthenticationConfiguration users, ObjectProvider<BearerTokens> bearerTokens) {
        List<String> challenges = new ArrayList<>();
        AdminRefusal refusal = new AdminRefusal(challenges);
        if (users.getAuthenticationManager() != null) {
            challenges.add("Basic realm=\"outbox\"");
            http.httpBasic(basic -> basic.authenticationEntryPoint(refusal))
                    .addFilterBefore(new CrossOriginFilter(), BasicAuthenticationFilter.class);
        }
        bearerTokens.ifAvailable(tokens -> {
            challenges.add("Bearer");
            tokens.acceptedBy(http, refusal);
        });
        if (challenges.isEmpty()) {
            log.warn(
                    "Nobody can log in at {}: there are neither users nor a decoder of bearer tokens among the application's beans. Set"
                            + " outbox.admin.security-filter-chain=false to have the application's own filter chain authenticate there",
                    RepublishController.PATH);
        }
        // No rule about requests: one of ours would not go together with those that the application adds to every
        // chain.
        return http.securityMatcher(RepublishController.PATH, RepublishController.PATH + "/**")
                .headers(headers -> headers.addHeaderWriter(refusal))
                .exceptionHandling(failures -> failures.authenticationEntryPoint(refusal))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .build();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({BearerTokenAuthenticationToken.class, JwtDecoder.class})
    static class BearerTokenConfiguration {

        @Bean
        @ConditionalOnSingleCandidate(JwtDecoder.class)
        BearerTokens outboxAdminJwt() {
            return (http, refusal) -> http.oauth2ResourceServer(
                    server -> server.jwt(Customizer.withDefaults()).authenticationEntryPoint(refusal));
        }

        @Bean
        @ConditionalOnMissingBean(JwtDecoder.class)
        @ConditionalOnSingleCandidate(OpaqueTokenIntrospector.class)
        BearerTokens outboxAdminOpaqueTokens() {
            return (http, refusal) -> http.oauth2ResourceServer(
                    server -> server.opaqueToken(Customizer.withDefaults()).authenticationEntryPoint(refusal));
        }
    }
}
