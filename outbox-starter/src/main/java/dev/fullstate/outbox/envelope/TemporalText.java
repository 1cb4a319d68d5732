package dev.fullstate.outbox.envelope;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.Locale;
import java.util.TimeZone;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Writes dates and times in ISO 8601: always with seconds, fractions with the digits that they have, instants in UTC with {@code
 * Z}.
 *
 * <p>The driver turns PostgreSQL's infinity into a date beyond PostgreSQL's own range (4713 BC to 5874897). Such a date is
 * written as {@code infinity} or {@code -infinity} again, as in PostgreSQL's JSON.
 */
final class TemporalText {

    private static final int FIRST_YEAR = -4712;
    private static final int LAST_YEAR = 5_874_897;
    private static final long SECONDS_PER_YEAR = 31_556_952;

    private TemporalText() {}

    static String of(LocalDate date) {
        return finite(date.getYear(), () -> DateTimeFormatter.ISO_LOCAL_DATE.format(date));
    }

    static String of(LocalTime time) {
        return DateTimeFormatter.ISO_LOCAL_TIME.format(time);
    }

    static String of(OffsetTime time) {
        return DateTimeFormatter.ISO_OFFSET_TIME.format(time);
    }

    static String of(LocalDateTime dateTime) {
        return finite(dateTime.getYear(), () -> DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(dateTime));
    }

    static String of(Instant instant) {
        long year = 1970 + instant.getEpochSecond() / SECONDS_PER_YEAR;
        return finite(year, () -> withOffset(instant.atOffset(ZoneOffset.UTC)));
    }

    /** Writes a date and time with its own offset. */
    static String withOffset(OffsetDateTime dateTime) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(dateTime);
    }

    /**
     * Returns the date and time that the driver writes for this point in time. The driver uses the calendar of {@code java.util},
     * which is Julian before 1582, and whose offsets before 1900 differ from those of {@code java.time}.
     *
     * @param zone null for the JVM's
     */
    static LocalDateTime local(Date date, @Nullable TimeZone zone) {
        Calendar calendar = new GregorianCalendar(zone == null ? TimeZone.getDefault() : zone, Locale.ROOT);
        calendar.setTime(date);
        int nanos = date instanceof java.sql.Timestamp timestamp
                ? timestamp.getNanos()
                : calendar.get(Calendar.MILLISECOND) * 1_000_000;
        int year = calendar.get(Calendar.YEAR);
        return LocalDateTime.of(
                        calendar.get(Calendar.ERA) == GregorianCalendar.BC ? 1 - year : year,
                        calendar.get(Calendar.MONTH) + 1,
                        calendar.get(Calendar.DAY_OF_MONTH),
                        calendar.get(Calendar.HOUR_OF_DAY),
                        calendar.get(Calendar.MINUTE),
                        calendar.get(Calendar.SECOND))
                .with(ChronoField.NANO_OF_SECOND, nanos);
    }

    private static String finite(long year, Supplier<String> text) {
        if (year > LAST_YEAR) {
            return "infinity";
        }
        return year < FIRST_YEAR ? "-infinity" : text.get();
    }
}
