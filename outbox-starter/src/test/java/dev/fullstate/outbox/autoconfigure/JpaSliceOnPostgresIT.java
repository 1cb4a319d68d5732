package dev.fullstate.outbox.autoconfigure;

import java.sql.SQLException;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import dev.fullstate.outbox.fragile.Fragile;
import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** A slice for repositories has no outbox, and works without it. */
@DataJpaTest
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
@DirtiesContext // or its pool would stay open, and warn in the middle of other tests
@ExtendWith(OutputCaptureExtension.class)
class JpaSliceOnPostgresIT {

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry properties) throws SQLException {
        PostgresServer postgres = SharedServers.postgres();
        String url = Databases.recreate(postgres, "slice");
        properties.add("spring.datasource.url", () -> url);
        properties.add("spring.datasource.username", postgres::username);
        properties.add("spring.datasource.password", postgres::password);
        properties.add("spring.jpa.hibernate.ddl-auto", () -> "update");
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = Fragile.class)
    static class Application {}

    @Test
    void annotatedEntitiesAreStoredWithoutAnOutboxOrAWarning(
            @Autowired ApplicationContext context, @Autowired EntityManager entityManager, CapturedOutput output) {
        entityManager.persist(new Fragile("f1"));
        entityManager.flush();
        entityManager.clear();

        assertThat(entityManager.find(Fragile.class, "f1").labels).containsExactly("first");
        assertThat(Stream.of(context.getBeanDefinitionNames()).filter(name -> name.startsWith("outbox")))
                .isEmpty();
        assertThat(output).doesNotContain(" WARN ", " ERROR ", "are not captured");
    }
}
