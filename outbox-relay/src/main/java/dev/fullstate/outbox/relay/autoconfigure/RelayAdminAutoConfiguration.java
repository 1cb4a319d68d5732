package dev.fullstate.outbox.relay.autoconfigure;

import java.util.Objects;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.DispatcherServlet;

import dev.fullstate.outbox.relay.admin.OperatorAccess;
import dev.fullstate.outbox.relay.admin.PasswordOperatorAccess;
import dev.fullstate.outbox.relay.admin.RelayController;
import dev.fullstate.outbox.relay.admin.SecuredOperatorAccess;
import dev.fullstate.outbox.relay.pipelines.Pipelines;
import dev.fullstate.outbox.relay.wal.OperatorTables;

/**
 * The endpoint for operators, for those who may use it only: with Spring Security, callers with the authority; without, whoever knows the
 * password that is configured.
 */
@AutoConfiguration(after = OutboxRelayAutoConfiguration.class)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Pipelines.class)
@ConditionalOnBooleanProperty(name = "outbox.relay.admin.enabled", matchIfMissing = true)
public final class RelayAdminAutoConfiguration {

    private static final String SECURITY = "org.springframework.security.web.SecurityFilterChain";

    /** An application that has Spring Security means to use it, so no password of ours opens the endpoint then. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = SECURITY)
    static class SecuredConfiguration {

        @Bean
        OperatorAccess outboxRelayOperatorAccess() {
            return new SecuredOperatorAccess();
        }

        @Bean
        RelayController outboxRelayController(Pipelines<PipelineSettings> pipelines, OperatorAccess access) {
            return controller(pipelines, access);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass(SECURITY)
    @ConditionalOnProperty("outbox.relay.admin.password")
    static class PasswordConfiguration {

        @Bean
        OperatorAccess outboxRelayOperatorAccess(OutboxRelayProperties properties) {
            OutboxRelayProperties.Admin admin = properties.admin();
            return new PasswordOperatorAccess(
                    admin.username(), Objects.requireNonNull(admin.password(), "The condition requires it"));
        }

        @Bean
        RelayController outboxRelayController(Pipelines<PipelineSettings> pipelines, OperatorAccess access) {
            return controller(pipelines, access);
        }
    }

    private static RelayController controller(Pipelines<PipelineSettings> pipelines, OperatorAccess access) {
        return new RelayController(pipelines.map(settings -> OperatorTables.of(settings.wal())), access);
    }
}
