package dev.fullstate.outbox.aggregate;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StoredTypesTest {

    private static Object stored(String type, Object value) {
        return StoredTypes.of(type).apply(value);
    }

    @Test
    void numbersHaveTheScaleOfTheirColumn() {
        assertThat(stored("numeric(12,2)", new BigDecimal("20"))).isEqualTo(new BigDecimal("20.00"));
        assertThat(stored("numeric(12,2)", new BigDecimal("0.005"))).isEqualTo(new BigDecimal("0.01"));
        assertThat(stored("numeric(12,2)", new BigDecimal("-0.005"))).isEqualTo(new BigDecimal("-0.01"));
        assertThat(stored("numeric(5,0)", new BigDecimal("7.5"))).isEqualTo(new BigDecimal("8"));
        assertThat(stored("numeric(3,-2)", new BigDecimal("12345")).toString()).isEqualTo("1.23E+4");
        assertThat(stored("numeric", new BigDecimal("20.0"))).isEqualTo(new BigDecimal("20.0"));
    }

    @Test
    void timesAreRoundedToThePrecisionOfTheirColumn() {
        Instant instant = Instant.parse("2026-01-01T00:00:59.999999500Z");
        assertThat(stored("timestamp with time zone", instant)).isEqualTo(Instant.parse("2026-01-01T00:01:00Z"));
        assertThat(stored("timestamp(3) with time zone", Instant.parse("2026-01-01T00:00:00.0005Z")))
                .isEqualTo(Instant.parse("2026-01-01T00:00:00.001Z"));
        assertThat(stored("timestamp(0) without time zone", LocalDateTime.parse("2026-01-01T00:00:00.4")))
                .isEqualTo(LocalDateTime.parse("2026-01-01T00:00:00"));
        assertThat(stored("time without time zone", LocalTime.parse("12:00:00.000000499")))
                .isEqualTo(LocalTime.parse("12:00:00"));
    }

    @Test
    void timesWithAnOffsetAreUtc() {
        assertThat(stored("timestamp with time zone", OffsetDateTime.parse("2026-01-01T02:00:00+02:00")))
                .isEqualTo(OffsetDateTime.parse("2026-01-01T00:00:00Z"));
    }

    @Test
    void fixedLengthTextIsPadded() {
        assertThat(stored("character(5)", "ab")).isEqualTo("ab   ");
        assertThat(stored("character varying(5)", "ab")).isEqualTo("ab");
    }

    @Test
    void otherTypesAreLeftAlone() {
        assertThat(stored("text", "x")).isEqualTo("x");
        assertThat(stored("timestamp with time zone", "not a time")).isEqualTo("not a time");
    }
}
