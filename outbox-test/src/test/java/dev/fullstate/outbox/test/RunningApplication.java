package dev.fullstate.outbox.test;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** An application in dev mode that uses its database until the very end. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(OutboxTestServices.class)
class RunningApplication {

    static final String READY = "ready";
    static final String LAST_WORDS = "closed while PostgreSQL was up";

    public static void main(String[] arguments) {
        // The level that an application has by default, not that of these tests.
        SpringApplication.run(RunningApplication.class, "--spring.main.keep-alive=true", "--logging.level.root=info");
    }

    @Bean
    ApplicationRunner ready() {
        return arguments -> System.out.println(READY);
    }

    @Bean
    AutoCloseable lastWords(DataSource database) {
        return () -> {
            if (answers(database)) {
                System.out.println(LAST_WORDS);
            }
        };
    }

    private static boolean answers(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return connection.isValid(60);
        }
    }
}
