package dev.fullstate.outbox.envelope;

import java.io.Serializable;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.hibernate.annotations.Type;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.type.SqlTypes;
import org.hibernate.usertype.UserType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.ser.std.ToStringSerializer;

import dev.fullstate.outbox.PublishFullState;
import dev.fullstate.outbox.aggregate.AggregateMappingException;
import dev.fullstate.outbox.aggregate.AggregateResolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Attributes that could not be written, or not as their annotations demand, fail the start, with the change to make. */
class RefusedValuesTest {

    private static void start(Class<?> root) {
        Configuration configuration = new Configuration().addAnnotatedClass(root);
        configuration
                .setProperty("hibernate.boot.allow_jdbc_metadata_access", false)
                .setProperty("jakarta.persistence.database-product-name", "PostgreSQL");
        try (var sessionFactory = configuration.buildSessionFactory()) {
            new Envelope(
                    AggregateResolver.resolve(sessionFactory.unwrap(SessionFactoryImplementor.class)),
                    List.of(),
                    "/test",
                    DataSize.ofMegabytes(1),
                    () -> TraceContext.NONE,
                    Clock.systemUTC());
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments(
                        WithBlobOfAnObject.class, "Attribute 'thing' of", Thing.class.getName(), "AttributeConverter"),
                arguments(
                        WithThingInside.class,
                        "Attribute 'inside.thing' of",
                        Thing.class.getName(),
                        "AttributeConverter"),
                arguments(WithThings.class, "Attribute 'things.{element}' of", Thing.class.getName(), "@JsonSerialize"),
                arguments(WithOpaqueType.class, "Attribute 'opaque' of", Opaque.class.getName(), "@JsonFormat"),
                arguments(
                        WithConverterToAnObject.class, "Attribute 'opaque' of", Opaque.class.getName(), "@JsonIgnore"),
                arguments(
                        WithJackson2.class,
                        "Attribute 'text' of",
                        "Jackson 2",
                        "tools.jackson.databind.annotation.JsonSerialize"),
                arguments(NamedByJackson2.class, "", "Jackson 2", "tools.jackson.databind.annotation.JsonNaming"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void attributeIsRefusedWithTheReasonAndTheChangeToMake(
            Class<?> root, String message, String reason, String action) {
        assertThatThrownBy(() -> start(root))
                .isInstanceOfSatisfying(
                        AggregateMappingException.class,
                        refusal -> assertThat(refusal.action()).contains(action))
                .hasMessageStartingWith(message)
                .hasMessageContaining(root.getName())
                .hasMessageContaining(reason);
    }

    @Test
    void attributesWithSerializersOfTheApplicationAreNotRefused() {
        assertThatCode(() -> start(WithSerializers.class)).doesNotThrowAnyException();
    }

    /** A value that is stored as bytes. */
    static class Thing implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** A value that only its type, or its converter, knows. */
    static class Opaque {}

    static class OpaqueType implements UserType<Opaque> {

        @Override
        public int getSqlType() {
            return SqlTypes.OTHER;
        }

        @Override
        public Class<Opaque> returnedClass() {
            return Opaque.class;
        }

        @Override
        public Opaque deepCopy(Opaque value) {
            return value;
        }

        @Override
        public boolean isMutable() {
            return false;
        }
    }

    static class ObjectConverter implements AttributeConverter<Opaque, Thing> {

        @Override
        public Thing convertToDatabaseColumn(Opaque opaque) {
            return new Thing();
        }

        @Override
        public Opaque convertToEntityAttribute(Thing thing) {
            return new Opaque();
        }
    }

    @Entity
    @PublishFullState
    static class WithBlobOfAnObject {
        @Id
        String id;

        Thing thing;

        @Version
        int version;
    }

    @Entity
    @PublishFullState
    static class WithThingInside {
        @Id
        String id;

        Inside inside;

        @Version
        int version;
    }

    @Embeddable
    static class Inside {
        Thing thing;
    }

    @Entity
    @PublishFullState
    static class WithThings {
        @Id
        String id;

        @ElementCollection
        List<Thing> things = new ArrayList<>();

        @Version
        int version;
    }

    @Entity
    @PublishFullState
    static class WithOpaqueType {
        @Id
        String id;

        @Type(OpaqueType.class)
        Opaque opaque;

        @Version
        int version;
    }

    @Entity
    @PublishFullState
    static class WithConverterToAnObject {
        @Id
        String id;

        @Convert(converter = ObjectConverter.class)
        Opaque opaque;

        @Version
        int version;
    }

    @Entity
    @PublishFullState
    static class WithJackson2 {
        @Id
        String id;

        @com.fasterxml.jackson.databind.annotation.JsonSerialize(
                using = com.fasterxml.jackson.databind.ser.std.ToStringSerializer.class)
        String text;

        @Version
        int version;
    }

    @Entity
    @PublishFullState
    @com.fasterxml.jackson.databind.annotation.JsonNaming(
            com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy.class)
    static class NamedByJackson2 {
        @Id
        String id;

        @Version
        int version;
    }

    @Entity
    @PublishFullState
    static class WithSerializers {
        @Id
        String id;

        @JsonSerialize(using = ToStringSerializer.class)
        Thing thing;

        @com.fasterxml.jackson.databind.annotation.JsonSerialize(
                using = com.fasterxml.jackson.databind.ser.std.ToStringSerializer.class)
        @JsonSerialize(using = ToStringSerializer.class)
        String text;

        @Version
        int version;
    }
}
