package dev.fullstate.outbox.ids;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;

/** Types that ids are made of. */
public final class Ids {

    private Ids() {}

    /** An enum by name, by ordinal, as a type of the database. Its order is not the alphabet's, and its label not its name. */
    public enum Colour {
        RED,
        GREEN,
        BLUE,
        AMBER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A code with letters of either case, which the database has in capitals. */
    public record Code(String value) implements Serializable {

        @Override
        public String toString() {
            return value;
        }
    }

    /** Stores a code as text. */
    public static final class CodeConverter implements AttributeConverter<Code, String> {

        @Override
        public String convertToDatabaseColumn(Code code) {
            return code == null ? null : code.value().toUpperCase(Locale.ROOT);
        }

        @Override
        public Code convertToEntityAttribute(String text) {
            return text == null ? null : new Code(text);
        }
    }

    /** An amount of cents. */
    public record Cents(long value) implements Serializable {}

    /** Stores cents as a number of another scale. */
    public static final class CentsConverter implements AttributeConverter<Cents, BigDecimal> {

        @Override
        public BigDecimal convertToDatabaseColumn(Cents cents) {
            return cents == null ? null : BigDecimal.valueOf(cents.value(), 2);
        }

        @Override
        public Cents convertToEntityAttribute(BigDecimal number) {
            return number == null ? null : new Cents(number.movePointRight(2).longValueExact());
        }
    }

    /** An id of columns that each change the value that they get. */
    @Embeddable
    public record Several(
            @Column(columnDefinition = "char(6)") String code,
            @Column(columnDefinition = "numeric(12,2)") BigDecimal amount,

            @Column(columnDefinition = "timestamp(3) with time zone")
            Instant at,

            @Enumerated(EnumType.STRING) @Column(columnDefinition = "varchar(20)")
            Colour colour)
            implements Serializable {}

    /** An id of attributes that only a converter can write. */
    @Embeddable
    public record Converted(
            @Convert(converter = CodeConverter.class) @Column(columnDefinition = "varchar(20)")
            Code code,

            @Convert(converter = CentsConverter.class) @Column(columnDefinition = "numeric(12,4)")
            Cents cents)
            implements Serializable {}

    /** An id of attributes that the entity has. */
    public record Pair(String code, BigDecimal amount) implements Serializable {}
}
