package dev.fullstate.outbox.autoconfigure;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.admin.AdminAccess;
import dev.fullstate.outbox.admin.RepublishEndpoint;
import dev.fullstate.outbox.republish.Republisher;

/** The jobs in Actuator, where there is one. Imported by the configuration that decides who has access. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
class RepublishEndpointConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint
    RepublishEndpoint outboxRepublishEndpoint(Republisher republisher, AdminAccess access) {
        return new RepublishEndpoint(republisher, access);
    }
}
