package dev.fullstate.outbox.autoconfigure;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.persistence.autoconfigure.EntityScanner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.util.ClassUtils;

import dev.fullstate.outbox.PublishFullState;

/** Warns of entities with {@code @PublishFullState} whose changes nothing captures (docs/adr/0012). */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnMissingBean(PersistenceUnits.class)
@ConditionalOnBooleanProperty(name = "outbox.enabled", matchIfMissing = true)
public final class NothingCapturedAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(NothingCapturedAutoConfiguration.class);

    @Bean
    @Lazy(false)
    SmartInitializingSingleton outboxNothingCaptured(ApplicationContext application, ObjectProvider<DataSource> data) {
        return () -> {
            Set<String> entities = annotatedEntities(application);
            if (!entities.isEmpty()) {
                log.warn("Changes of {} are not captured: {}", entities, reason(application, data));
            }
        };
    }

    private static Set<String> annotatedEntities(ApplicationContext application) {
        try {
            return new EntityScanner(application)
                    .scan(PublishFullState.class).stream()
                            .map(Class::getName)
                            .collect(Collectors.toCollection(TreeSet::new));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("An entity that the class path has was not found on it", e);
        }
    }

    private static String reason(ApplicationContext application, ObjectProvider<DataSource> data) {
        if (!ClassUtils.isPresent("org.hibernate.SessionFactory", application.getClassLoader())) {
            return "Hibernate is not on the class path. Add org.springframework.boot:spring-boot-starter-data-jpa";
        }
        if (data.stream().findAny().isEmpty()) {
            return "there is no DataSource. Set spring.datasource.url, or define one";
        }
        return "there is no entity manager factory. Define one, or let Spring Boot's auto-configuration do so";
    }
}
