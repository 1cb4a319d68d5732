package dev.fullstate.outbox.fragile;

import java.sql.SQLException;
import java.util.UUID;

import jakarta.persistence.EntityManager;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

import dev.fullstate.outbox.FullStateJsonCustomizer;
import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.fragile.DirtyByItself.Completed;
import dev.fullstate.outbox.fragile.DirtyByItself.Converted;
import dev.fullstate.outbox.fragile.DirtyByItself.Trimmed;
import dev.fullstate.outbox.fragile.Fragile.Fault;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A state that cannot be written fails its transaction, with the aggregate's name and the way out; nothing is written. */
class StateThatCannotBeWrittenIT {

    static PostgresServer postgres;
    static ShopApplication application;

    private String id;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Fragile.class)
    static class FragileApplication {

        @Bean
        FullStateJsonCustomizer faults(ObjectProvider<EntityManager> entityManager) {
            return builder ->
                    builder.addModule(new SimpleModule("faults").addSerializer(new FaultSerializer(entityManager)));
        }
    }

    /** A serializer whose author does not know when it runs. */
    private static final class FaultSerializer extends StdSerializer<Fault> {

        private final transient ObjectProvider<EntityManager> entityManager;

        FaultSerializer(ObjectProvider<EntityManager> entityManager) {
            super(Fault.class);
            this.entityManager = entityManager;
        }

        @Override
        public void serialize(Fault fault, JsonGenerator generator, SerializationContext context) {
            Fragile fragile = (Fragile) generator.currentValue();
            switch (fault) {
                case NONE -> {}
                case THROWS -> throw new IllegalStateException("no text for " + fault);
                case RUNS_IN_CIRCLES -> {
                    generator.writeStartArray();
                    context.writeValue(generator, fragile);
                    generator.writeEndArray();
                    return;
                }
                case READS_A_DELETED_ROW -> fragile.anchor.getPlace();
                case SETS_AN_ATTRIBUTE -> fragile.name = "set by the serializer";
                case CHANGES_A_COLLECTION -> fragile.labels.add("added by the serializer");
                case PERSISTS -> persist();
                case PERSISTS_AND_FLUSHES -> {
                    persist();
                    entityManager.getObject().flush();
                }
            }
            generator.writeString(fault.name());
        }

        private void persist() {
            entityManager.getObject().persist(new Fragile(UUID.randomUUID().toString()));
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        application = ShopApplication.startWith(FragileApplication.class, postgres, "fragile");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void create() {
        id = UUID.randomUUID().toString();
        application.run(em -> em.persist(new Fragile(id)));
        application.forgetOutbox();
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatRefused(Fault fault) {
        return assertThatThrownBy(() -> application.run(em -> {
                    Fragile fragile = em.find(Fragile.class, id);
                    fragile.fault = fault;
                    if (fault == Fault.READS_A_DELETED_ROW) {
                        fragile.anchor = new Anchor("a-" + id, "here");
                        em.persist(fragile.anchor);
                        em.flush();
                        application.jdbc().sql("delete from anchor").update();
                    }
                }))
                .satisfies(failure -> assertNothingIsWritten());
    }

    private void assertNothingIsWritten() {
        assertThat(application.outbox()).isEmpty();
        Fragile fragile = application.call(em -> em.find(Fragile.class, id));
        assertThat(fragile.fault).isEqualTo(Fault.NONE);
        assertThat(fragile.name).isNull();
        assertThat(fragile.version).isZero();
    }

    @Test
    void stateThatCanBeWrittenIsPublished() {
        application.run(em -> em.find(Fragile.class, id).name = "sound");

        assertThat(application.outbox(id))
                .singleElement()
                .satisfies(row -> assertThat(row.payload())
                        .isEqualTo("{\"id\":\"" + id + "\",\"name\":\"sound\",\"fault\":\"NONE\",\"anchorId\":null,"
                                + "\"labels\":[\"first\"]}"));
    }

    @Test
    void entityThatIsDirtyByItselfIsPublishedAllTheSame() {
        application.run(em -> em.persist(new Trimmed("t", "already trimmed")));
        application.jdbc().sql("update trimmed set text = ' padded '").update();
        application.forgetOutbox();

        application.run(em -> em.persist(new Converted("c")));
        application.run(em -> em.persist(new Completed("p")));
        application.run(em -> em.find(Trimmed.class, "t").setText(" padded again "));

        assertThat(application.outbox())
                .extracting(OutboxRow::payload)
                .containsExactly(
                        "{\"id\":\"c\",\"remark\":\"converted\"}",
                        "{\"id\":\"p\",\"text\":\"completed\"}",
                        "{\"id\":\"t\",\"text\":\"padded again\"}");
    }

    @Test
    void serializerThatThrowsFailsTheTransaction() {
        assertThatRefused(Fault.THROWS)
                .hasStackTraceContaining(OutboxException.class.getName())
                .hasStackTraceContaining("The state of fragile " + id + " cannot be written as JSON")
                .hasStackTraceContaining("no text for THROWS")
                .hasStackTraceContaining("@JsonIgnore");
    }

    @Test
    void stateThatContainsItselfFailsTheTransaction() {
        assertThatRefused(Fault.RUNS_IN_CIRCLES)
                .hasStackTraceContaining("The state of fragile " + id + " cannot be written as JSON")
                .hasStackTraceContaining("@JsonIgnore");
    }

    @Test
    void associationWithADeletedTargetFailsTheTransaction() {
        assertThatRefused(Fault.READS_A_DELETED_ROW)
                .hasStackTraceContaining("The state of fragile " + id + " cannot be written as JSON")
                .hasStackTraceContaining(Anchor.class.getName());
    }

    @Test
    void serializerThatSetsAnAttributeIsRefusedBecauseItsValueIsNeverStored() {
        assertThatRefused(Fault.SETS_AN_ATTRIBUTE)
                .hasStackTraceContaining("Attribute 'name' of " + Fragile.class.getName() + " " + id + " was set")
                .hasStackTraceContaining("may only read");
    }

    @Test
    void serializerThatChangesACollectionIsRefusedBecauseTheChangeIsNeverStored() {
        assertThatRefused(Fault.CHANGES_A_COLLECTION)
                .hasStackTraceContaining("Attribute 'labels' of " + Fragile.class.getName() + " " + id + " was set");
    }

    @Test
    void serializerThatPersistsIsRefusedBecauseTheFlushIsOver() {
        assertThatRefused(Fault.PERSISTS)
                .hasStackTraceContaining("persisted or removed while the state of [fragile " + id + "]")
                .hasStackTraceContaining("may only read");
    }

    @Test
    void serializerThatWritesIsRefusedBecauseItWouldNeedEventsOfItsOwn() {
        assertThatRefused(Fault.PERSISTS_AND_FLUSHES)
                .hasStackTraceContaining("The state of fragile " + id + " cannot be written as JSON")
                .hasStackTraceContaining("A " + Fragile.class.getName() + " was written while the events of this");
    }

    @Test
    void emptyIdCannotBeAKey() {
        assertThatThrownBy(() -> application.run(em -> em.persist(new Fragile(""))))
                .hasStackTraceContaining("A " + Fragile.class.getName() + " has an empty id")
                .hasStackTraceContaining("Give it an id before it is persisted");

        assertThat(application.outbox()).isEmpty();
        assertThat(application.<Fragile>call(em -> em.find(Fragile.class, ""))).isNull();
    }

    @Test
    void idWithAControlCharacterCannotBeAKey() {
        assertThatThrownBy(() -> application.run(em -> em.persist(new Fragile("a\nb"))))
                .hasStackTraceContaining("The id of " + Fragile.class.getName() + " 'a?b' has a control character");

        assertThat(application.outbox()).isEmpty();
        assertThat(application.<Fragile>call(em -> em.find(Fragile.class, "a\nb")))
                .isNull();
    }
}
