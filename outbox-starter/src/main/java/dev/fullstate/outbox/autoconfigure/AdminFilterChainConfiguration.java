package dev.fullstate.outbox.autoconfigure;

import org.springframework.beans.factory.BeanFactory;
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
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.web.SecurityFilterChain;

import dev.fullstate.outbox.admin.AdminFilterChain;
import dev.fullstate.outbox.admin.AdminFilterChain.BearerTokens;

/**
 * The filter chain of the admin path.
 *
 * <p>Only beside another chain, for with ours as the only one Spring Security would leave the rest of the application open.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "outbox.admin.security-filter-chain", matchIfMissing = true)
@ConditionalOnBean({HttpSecurity.class, SecurityFilterChain.class})
class AdminFilterChainConfiguration {

    /** The bean of a relay inside the application. */
    private static final String RELAY_ENDPOINT = "outboxRelayController";

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    SecurityFilterChain outboxAdminSecurityFilterChain(
            HttpSecurity http,
            BeanFactory beans,
            AuthenticationConfiguration users,
            ObjectProvider<BearerTokens> bearerTokens) {
        return AdminFilterChain.build(
                http,
                beans.containsBean(RELAY_ENDPOINT),
                users.getAuthenticationManager() != null,
                bearerTokens.getIfAvailable());
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
