package dev.fullstate.outbox.envelope;

import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.Calendar;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.NumberOutput;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;

import static dev.fullstate.outbox.envelope.ScalarForm.bool;
import static dev.fullstate.outbox.envelope.ScalarForm.number;
import static dev.fullstate.outbox.envelope.ScalarForm.string;

/** The types of values and their forms: the table of docs/json.md, section "Values" (docs/adr/0021). */
final class DecidedForms {

    private static final List<ScalarForm<?>> SCALARS = List.of(
            // text
            string(String.class, text -> text),
            string(Character.class, Object::toString),
            string(char[].class, String::valueOf),
            string(Enum.class, constant -> constant.name()),
            string(UUID.class, UUID::toString),
            // numbers, with all their digits
            number(Byte.class, Object::toString),
            number(Short.class, Object::toString),
            number(Integer.class, Object::toString),
            number(Long.class, Object::toString),
            number(BigInteger.class, BigInteger::toString),
            number(BigDecimal.class, BigDecimal::toPlainString),
            number(Float.class, DecidedForms::finite),
            number(Double.class, DecidedForms::finite),
            bool(),
            // dates and times; a point in time is one in UTC, where no column decides otherwise
            string(LocalDate.class, TemporalText::of),
            string(LocalTime.class, TemporalText::of),
            string(LocalDateTime.class, TemporalText::of),
            string(OffsetTime.class, TemporalText::of),
            string(OffsetDateTime.class, moment -> TemporalText.of(moment.toInstant())),
            string(ZonedDateTime.class, moment -> TemporalText.of(moment.toInstant())),
            string(Instant.class, TemporalText::of),
            string(Calendar.class, moment -> TemporalText.of(moment.toInstant())),
            string(java.sql.Date.class, date -> TemporalText.of(date.toLocalDate())),
            string(
                    java.sql.Time.class,
                    time -> TemporalText.of(TemporalText.local(time, null).toLocalTime())),
            string(Date.class, moment -> TemporalText.of(moment.toInstant())),
            number(Year.class, Year::toString),
            string(YearMonth.class, YearMonth::toString),
            string(MonthDay.class, MonthDay::toString),
            string(Duration.class, Duration::toString),
            string(Period.class, Period::toString),
            // names that standards have for things
            string(ZoneId.class, ZoneId::getId),
            string(TimeZone.class, TimeZone::getID),
            string(Locale.class, Locale::toLanguageTag),
            string(Currency.class, Currency::getCurrencyCode),
            string(URL.class, URL::toString),
            string(URI.class, URI::toString),
            string(InetAddress.class, InetAddress::getHostAddress),
            string(Class.class, type -> type.getName()),
            // bytes
            string(byte[].class, bytes -> Base64.getEncoder().encodeToString(bytes)));

    private DecidedForms() {}

    /**
     * Returns the form of a class; null if it has none. A declared type that may hold anything takes the form of the value that
     * it holds when it is written.
     */
    static @Nullable ValueForm of(Class<?> type) {
        if (type == Object.class || type == Map.class || type == List.class) {
            return new Anything();
        }
        ScalarForm<?> scalar = scalar(type);
        return scalar == null ? tree(type) : scalar;
    }

    /** Returns the form of a class whose values are one token; null if they are not. */
    static @Nullable ScalarForm<?> scalar(Class<?> type) {
        Class<?> boxed = MethodType.methodType(type).wrap().returnType();
        for (ScalarForm<?> form : SCALARS) {
            if (form.type().isAssignableFrom(boxed)) {
                return form;
            }
        }
        return null;
    }

    /**
     * Returns the form of a class of JSON trees; null for other classes. A tree of Jackson 2, which need not be on the class
     * path, is written from its text.
     */
    private static @Nullable ValueForm tree(Class<?> type) {
        if (JsonNode.class.isAssignableFrom(type)) {
            return new JacksonForm(null, true);
        }
        for (Class<?> superclass = type; superclass != null; superclass = superclass.getSuperclass()) {
            if (superclass.getName().equals("com.fasterxml.jackson.databind.JsonNode")) {
                return (tree, generator, context) -> DocumentForm.copy(tree.toString(), generator);
            }
        }
        return null;
    }

    private static final class Anything implements ValueForm, KeyForm {

        @Override
        public void write(Object value, JsonGenerator generator, SerializationContext context) {
            form(value).write(value, generator, context);
        }

        @Override
        public void writeName(Object key, JsonGenerator generator, SerializationContext context) {
            ScalarForm<?> form = scalar(key.getClass());
            if (form == null) {
                throw new IllegalArgumentException("A " + key.getClass().getName() + " has no form as a name in JSON");
            }
            form.writeName(key, generator, context);
        }

        private ValueForm form(Object value) {
            if (value instanceof Map) {
                return ContainerForm.ofMap(this, this);
            }
            if (value instanceof Collection) {
                return ContainerForm.ofCollection(this);
            }
            ValueForm form = of(value.getClass());
            if (form == null) {
                throw new IllegalArgumentException("A " + value.getClass().getName() + " has no form in JSON");
            }
            return form;
        }
    }

    private static String finite(Number number) {
        if (!Double.isFinite(number.doubleValue())) {
            throw new IllegalArgumentException(number + " is not a number in JSON");
        }
        // The shortest text of the same number; Java's own has more digits before JDK 19.
        return number instanceof Float single
                ? NumberOutput.toString(single, true)
                : NumberOutput.toString(number.doubleValue(), true);
    }
}
