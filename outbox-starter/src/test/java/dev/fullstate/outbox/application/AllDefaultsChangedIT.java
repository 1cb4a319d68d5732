package dev.fullstate.outbox.application;

import java.sql.SQLException;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.http.ResponseEntity;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** None of Spring Boot's defaults is left, and the role of the application owns nothing of the outbox. */
class AllDefaultsChangedIT extends ApplicationChecks {

    private static String url;

    /** A role that may make tables of its own; a driver without prepared statements. */
    record Application(String getUsername, String getPassword) implements JdbcConnectionDetails {

        @Override
        public String getJdbcUrl() {
            return url + (url.contains("?") ? "&" : "?") + "preferQueryMode=simple";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Changed extends Users {

        @Bean
        @Primary
        JdbcConnectionDetails application() {
            return new Application("app", "secret");
        }

        @Bean
        TaskScheduler scheduler() {
            return new SimpleAsyncTaskScheduler();
        }

        @Bean
        TaskExecutor executor() {
            return new SimpleAsyncTaskExecutor();
        }

        @Bean
        EverythingIsAnError advice() {
            return new EverythingIsAnError();
        }
    }

    @RestControllerAdvice
    static class EverythingIsAnError {

        @ExceptionHandler(Exception.class)
        ResponseEntity<String> any(Exception failure) {
            return ResponseEntity.internalServerError().body("application's own");
        }
    }

    @Override
    ShopApplication start(PostgresServer server, String database) throws SQLException {
        url = server.jdbcUrl(database);
        sql("create role app login password 'secret'");
        sql("create role migrations login password 'secret'");
        sql("grant create, usage on schema public to app, migrations");
        sql("grant create on database application to migrations");
        sql("alter default privileges for role migrations in schema public grant all on tables to app");
        sql("alter default privileges for role migrations in schema public grant all on sequences to app");
        return ShopApplication.startAgainWith(
                Changed.class,
                server,
                database,
                Stream.concat(
                                Stream.of(WEB),
                                Stream.of(
                                        "spring.datasource.hikari.auto-commit=false",
                                        "spring.datasource.hikari.maximum-pool-size=1",
                                        "spring.datasource.hikari.transaction-isolation=TRANSACTION_REPEATABLE_READ",
                                        "spring.flyway.user=migrations",
                                        "spring.flyway.password=secret",
                                        "spring.jackson.property-naming-strategy=SNAKE_CASE",
                                        "spring.jackson.default-property-inclusion=non_null",
                                        "spring.jackson.deserialization.fail-on-unknown-properties=true",
                                        "spring.main.lazy-initialization=true",
                                        "spring.threads.virtual.enabled=true"))
                        .toArray(String[]::new));
    }

    @Test
    void tablesOfTheOutboxBelongToTheRoleThatMigrates() throws SQLException {
        assertThat(shop.<String>call(em -> shop.jdbc()
                        .sql("select tableowner from pg_tables where tablename = 'outbox'")
                        .query(String.class)
                        .single()))
                .isEqualTo("migrations");
    }
}
