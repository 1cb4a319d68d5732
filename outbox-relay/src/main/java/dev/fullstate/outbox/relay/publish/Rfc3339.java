package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Arrays;

/** Turns PostgreSQL's text form of a {@code timestamptz}, DateStyle ISO, into that of RFC 3339, which CloudEvents wants. */
final class Rfc3339 {

    private static final int YEAR_END = 4;
    private static final int DATE_END = 10;
    private static final int OFFSET_LENGTH = 3;
    private static final int MAX_FRACTION_DIGITS = 6;

    private static final DateTimeFormatter POSTGRES = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, MAX_FRACTION_DIGITS, true)
            .appendOffset("+HH:mm:ss", "Z")
            .toFormatter();

    private Rfc3339() {}

    /**
     * Converts a time; in UTC, as the relay's connections print it, only a few bytes change.
     *
     * @throws IllegalArgumentException if RFC 3339 has no such time: infinity, before Christ, after 9999
     */
    static byte[] of(byte[] postgres) {
        int offset = postgres.length - OFFSET_LENGTH;
        if (offset > DATE_END
                && postgres[offset] == '+'
                && postgres[offset + 1] == '0'
                && postgres[offset + 2] == '0'
                && postgres[YEAR_END] == '-'
                && postgres[DATE_END] == ' ') {
            byte[] utc = Arrays.copyOf(postgres, offset + 1);
            utc[DATE_END] = 'T';
            utc[offset] = 'Z';
            return utc;
        }
        return convert(new String(postgres, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }

    private static String convert(String postgres) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(postgres, POSTGRES).withOffsetSameInstant(ZoneOffset.UTC);
            if (time.getYear() > 9999) {
                throw new IllegalArgumentException("'" + postgres + "' is a time that RFC 3339 cannot express");
            }
            return DateTimeFormatter.ISO_INSTANT.format(time);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + postgres + "' is not a time that RFC 3339 can express", e);
        }
    }
}
