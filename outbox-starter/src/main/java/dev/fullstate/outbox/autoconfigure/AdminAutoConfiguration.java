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
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.DispatcherServlet;

import dev.fullstate.outbox.admin.AdminAccess;
import dev.fullstate.outbox.admin.RepublishController;
import dev.fullstate.outbox.admin.SecuredAdminAccess;
import dev.fullstate.outbox.republish.Republisher;

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
            "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration",
            "org.springframework.boot.security.oauth2.client.autoconfigure.servlet.OAuth2ClientWebSecurityAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet"
                    + ".OAuth2AuthorizationServerAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.resource.autoconfigure.web"
                    + ".OAuth2ResourceServerWebSecurityAutoConfiguration",
            "org.springframework.boot.security.saml2.autoconfigure.Saml2RelyingPartyAutoConfiguration"
        })
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Republisher.class)
public final class AdminAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(AdminAutoConfiguration.class);
    private static final String SECURITY = "org.springframework.security.web.SecurityFilterChain";
    private static final String OPEN = "outbox.admin.allow-unauthenticated";

    /** An application that has Spring Security means to use it, so no setting opens the endpoint then. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = SECURITY)
    @Import({AdminFilterChainConfiguration.class, RepublishEndpointConfiguration.class})
    static class SecuredConfiguration {

        @Bean
        @Lazy(false)
        AdminAccess outboxAdminAccess(Environment environment) {
            if (environment.getProperty(OPEN, Boolean.class, false)) {
                log.warn(
                        "{} is ignored, because Spring Security is present: {} asks for the authority {}",
                        OPEN,
                        RepublishController.PATH,
                        SecuredAdminAccess.AUTHORITY);
            }
            return new SecuredAdminAccess();
        }

        @Bean
        RepublishController outboxRepublishController(Republisher republisher, AdminAccess access) {
            return new RepublishController(republisher, access);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass(SECURITY)
    @ConditionalOnBooleanProperty(OPEN)
    @Import(RepublishEndpointConfiguration.class)
    static class OpenConfiguration {

        /** Not lazy in any application, so that each start warns. */
        @Bean
        @Lazy(false)
        AdminAccess outboxAdminAccess() {
            log.warn("{} is open to everyone: {} is set and Spring Security is absent", RepublishController.PATH, OPEN);
            return () -> "anonymous";
        }

        @Bean
        RepublishController outboxRepublishController(Republisher republisher, AdminAccess access) {
            return new RepublishController(republisher, access);
        }
    }
}
