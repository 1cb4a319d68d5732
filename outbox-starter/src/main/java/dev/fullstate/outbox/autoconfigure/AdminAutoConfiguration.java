package dev.fullstate.outbox.autoconfigure;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.DispatcherServlet;

import dev.fullstate.outbox.republish.AdminAccess;
import dev.fullstate.outbox.republish.RepublishController;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.republish.SecuredAdminAccess;

/**
 * The admin endpoint, for those who have the authority only.
 *
 * <p>Comes after Spring Boot's own web security, whose default chain would back off at the sight of ours and leave the rest
 * of the application open.
 */
@AutoConfiguration(
        after = RepublishAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration"
        })
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Republisher.class)
public final class AdminAutoConfiguration {

    private static final String SECURITY = "org.springframework.security.web.SecurityFilterChain";

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = SECURITY)
    @Import(RepublishEndpointConfiguration.class)
    static class SecuredConfiguration {

        @Bean
        AdminAccess outboxAdminAccess() {
            return new SecuredAdminAccess();
        }

        @Bean
        RepublishController outboxRepublishController(Republisher republisher, AdminAccess access) {
            return new RepublishController(republisher, access);
        }
    }

    /** Authentication for the admin path; whether the caller may is the endpoint's own question. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = SECURITY)
    @ConditionalOnBean(HttpSecurity.class)
    static class SecurityFilterChainConfiguration {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE + 100)
        SecurityFilterChain outboxAdminSecurityFilterChain(HttpSecurity http) {
            return http.securityMatcher(RepublishController.PATH, RepublishController.PATH + "/**")
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .httpBasic(basic -> basic.realmName("outbox"))
                    .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .csrf(AbstractHttpConfigurer::disable)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass(SECURITY)
    @ConditionalOnBooleanProperty("outbox.admin.allow-unauthenticated")
    @Import(RepublishEndpointConfiguration.class)
    static class OpenConfiguration {

        private static final Logger log = LoggerFactory.getLogger(OpenConfiguration.class);

        @Bean
        AdminAccess outboxAdminAccess() {
            log.warn(
                    "{} is open to everyone: outbox.admin.allow-unauthenticated is set and Spring Security is absent",
                    RepublishController.PATH);
            return () -> "anonymous";
        }

        @Bean
        RepublishController outboxRepublishController(Republisher republisher, AdminAccess access) {
            return new RepublishController(republisher, access);
        }
    }
}
