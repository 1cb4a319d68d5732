package dev.fullstate.outbox.aggregate;

import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.BasicText.Form;

/**
 * The text of values that are moments in Java. A column with a zone holds a moment too, and its text is in UTC. A column without
 * a zone holds the reading of a clock, from which driver and Hibernate make a moment in the zone of a process; there the text is
 * what the column holds.
 */
final class Moments {

    private static final LocalDate NO_DATE = LocalDate.EPOCH;

    /** Java's types, each with its conversion from and to a moment. */
    private static final Map<Class<?>, Type> TYPES = Map.of(
            Instant.class, Type.of(Instant.class, value -> value, value -> value),
            OffsetDateTime.class,
                    Type.of(OffsetDateTime.class, OffsetDateTime::toInstant, value -> value.atOffset(ZoneOffset.UTC)),
            ZonedDateTime.class,
                    Type.of(ZonedDateTime.class, ZonedDateTime::toInstant, value -> value.atZone(ZoneOffset.UTC)),
            Date.class, Type.of(Date.class, Moments::instant, Date::from),
            java.sql.Date.class,
                    Type.of(java.sql.Date.class, Moments::instant, value -> new java.sql.Date(value.toEpochMilli())),
            Time.class, Type.of(Time.class, Moments::instant, value -> new Time(value.toEpochMilli())),
            Timestamp.class, Type.of(Timestamp.class, Moments::instant, Timestamp::from),
            Calendar.class, Type.of(Calendar.class, Calendar::toInstant, Moments::calendar));

    private record Type(Function<Object, Instant> from, Function<Instant, Object> to) {

        static <T> Type of(Class<T> type, Function<T, Instant> from, Function<Instant, ? extends T> to) {
            return new Type(value -> from.apply(type.cast(value)), to::apply);
        }
    }

    private Moments() {}

    /**
     * Returns the form of a type.
     *
     * @param column the column's type
     * @param zone that makes moments of the values of columns without a zone
     * @return null if the values of the type are not moments
     */
    static @Nullable Form form(Class<?> javaType, String column, Supplier<ZoneId> zone) {
        Type type = TYPES.get(javaType);
        if (type == null) {
            return null;
        }
        Function<Instant, String> write;
        Function<String, Instant> read;
        if (column.startsWith("timestamp") && !column.endsWith("with time zone")) {
            write = value -> DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(LocalDateTime.ofInstant(value, zone.get()));
            read = text -> LocalDateTime.parse(text).atZone(zone.get()).toInstant();
        } else if (column.equals("date")) {
            write = value -> LocalDate.ofInstant(value, zone.get()).toString();
            read = text -> LocalDate.parse(text).atStartOfDay(zone.get()).toInstant();
        } else if (column.startsWith("time") && !column.startsWith("timestamp")) {
            write = value -> DateTimeFormatter.ISO_LOCAL_TIME.format(LocalTime.ofInstant(value, zone.get()));
            read = text ->
                    LocalTime.parse(text).atDate(NO_DATE).atZone(zone.get()).toInstant();
        } else {
            write = Instant::toString;
            read = Instant::parse;
        }
        return new Form(value -> write.apply(type.from.apply(value)), text -> type.to.apply(read.apply(text)));
    }

    /**
     * Returns the moment of a date. Those types of {@code java.sql} that are only a date, or only a time, refuse to convert
     * themselves.
     */
    @SuppressWarnings("JavaUtilDate") // it is what applications use
    private static Instant instant(Date value) {
        return value instanceof Timestamp timestamp ? timestamp.toInstant() : Instant.ofEpochMilli(value.getTime());
    }

    private static Calendar calendar(Instant value) {
        Calendar calendar = new GregorianCalendar();
        calendar.setTime(Date.from(value));
        return calendar;
    }
}
