package dev.fullstate.outbox.relay.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;

import static java.time.temporal.ChronoUnit.DAYS;
import static java.time.temporal.ChronoUnit.HOURS;
import static java.time.temporal.ChronoUnit.MILLIS;
import static java.time.temporal.ChronoUnit.MINUTES;
import static java.time.temporal.ChronoUnit.NANOS;
import static java.time.temporal.ChronoUnit.SECONDS;

/**
 * The value of a property, in the notation of its user. The starter, which shares no code with the relay, has a copy of this
 * class.
 *
 * @param property the whole key
 */
record PropertyValue<T extends Comparable<? super T>>(String property, T value) {

    static <T extends Comparable<? super T>> PropertyValue<T> of(String property, T value) {
        return new PropertyValue<>(property, value);
    }

    void requireBetween(T least, T most) {
        require(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                "between " + print(least) + " and " + print(most));
    }

    void require(boolean allowed, String expected) {
        if (!allowed) {
            throw new InvalidConfigurationPropertyValueException(
                    property, print(value), "It has to be " + expected + ".");
        }
    }

    /** Prints a value as in configuration: 7d and 1MB, where the types themselves print PT168H and 1048576B. */
    static String print(Object value) {
        if (value instanceof Duration duration) {
            return print(duration);
        }
        return value instanceof DataSize size ? print(size) : value.toString();
    }

    private static String print(Duration duration) {
        ChronoUnit unit = Stream.of(DAYS, HOURS, MINUTES, SECONDS, MILLIS)
                .filter(candidate -> duration.equals(duration.truncatedTo(candidate)))
                .findFirst()
                .orElse(NANOS);
        return DurationStyle.SIMPLE.print(duration, duration.isZero() ? SECONDS : unit);
    }

    private static String print(DataSize size) {
        DataUnit unit = Stream.of(DataUnit.TERABYTES, DataUnit.GIGABYTES, DataUnit.MEGABYTES, DataUnit.KILOBYTES)
                .filter(candidate -> size.toBytes() % DataSize.of(1, candidate).toBytes() == 0 && size.toBytes() != 0)
                .findFirst()
                .orElse(DataUnit.BYTES);
        String prefix = unit == DataUnit.BYTES ? "" : unit.name().substring(0, 1);
        return size.toBytes() / DataSize.of(1, unit).toBytes() + prefix + "B";
    }
}
