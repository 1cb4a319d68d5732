package dev.fullstate.outbox.autoconfigure;

import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import dev.fullstate.outbox.fragile.Fragile;

import static org.assertj.core.api.Assertions.assertThat;

/** A slice for repositories has no outbox, and works without it. */
@DataJpaTest
@ExtendWith(OutputCaptureExtension.class)
class JpaSliceOnH2Test {

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
