package dev.fullstate.outbox.ids;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.fullstate.outbox.ids.Ids.Cents;
import dev.fullstate.outbox.ids.Ids.Code;
import dev.fullstate.outbox.ids.Ids.Colour;
import dev.fullstate.outbox.ids.Ids.Converted;
import dev.fullstate.outbox.ids.Ids.Pair;
import dev.fullstate.outbox.ids.Ids.Several;

/**
 * A kind of id.
 *
 * @param name of the kind
 * @param attribute the type in Java, after annotations
 * @param column the type that the database has, empty for the one that Hibernate gives it; of several, the join columns
 * @param ids in the form that an application makes: with more digits, fewer blanks or other letters than the database has afterwards
 * @param key the text of the first one
 */
record IdType(String name, String attribute, String column, IntFunction<Object> ids, String key) {

    private static final String JOIN_SEVERAL =
            join("code char(6)", "amount numeric(12,2)", "at timestamp(3) with time zone", "colour varchar(20)");
    private static final String JOIN_CONVERTED = join("code varchar(20)", "cents numeric(12,4)");
    private static final String JOIN_PAIR = join("code char(6)", "amount numeric(12,2)");
    private static final List<Colour> COLOURS = List.of(Colour.values());
    private static final Instant NANOS = Instant.parse("2026-05-06T07:08:09.123456789Z");
    private static final LocalDateTime LOCAL = LocalDateTime.of(2026, Month.MAY, 6, 7, 8, 9, 123_456_789);

    static List<IdType> all() {
        List<IdType> all = new ArrayList<>();
        all.addAll(numbers());
        all.addAll(texts());
        all.addAll(times());
        all.addAll(legacyTimes());
        all.addAll(others());
        all.addAll(composite());
        return all;
    }

    private static IdType of(String name, String attribute, String column, IntFunction<Object> ids, String key) {
        return new IdType(name, attribute, column, ids, key);
    }

    private static List<IdType> numbers() {
        return List.of(
                of("Long", "Long", "", i -> i + 5_000_000_000L, "5000000000"),
                of("Int", "int", "", i -> i - 2, "-2"),
                of("IntInBigint", "int", "bigint", i -> i + 7, "7"),
                of("LongInNumeric", "Long", "numeric(20)", i -> i + 7L, "7"),
                of("Short", "Short", "", i -> (short) (i + 1), "1"),
                of("Byte", "Byte", "", i -> (byte) (i + 1), "1"),
                of("Decimal", "java.math.BigDecimal", "numeric(12,2)", i -> new BigDecimal(i + 1 + ".005"), "1.01"),
                of("DecimalOfHibernate", "java.math.BigDecimal", "", i -> new BigDecimal(i + 1 + ".5"), "1.50"),
                of("DecimalAsItIs", "java.math.BigDecimal", "numeric", i -> new BigDecimal(i + 1 + ".50E+3"), "1500"),
                of(
                        "DecimalLarge",
                        "java.math.BigDecimal",
                        "numeric(30,2)",
                        i -> new BigDecimal(i + 1 + "E+21"),
                        "1" + "0".repeat(21) + ".00"),
                of(
                        "DecimalSmall",
                        "java.math.BigDecimal",
                        "numeric(30,12)",
                        i -> new BigDecimal(i + 1 + "E-12"),
                        "0.000000000001"),
                of(
                        "BigInteger",
                        "java.math.BigInteger",
                        "numeric(30)",
                        i -> BigInteger.TEN.pow(24).add(BigInteger.valueOf(i)),
                        "1" + "0".repeat(24)),
                of("Double", "Double", "", i -> i + 0.1, "0.1"),
                of("Float", "Float", "", i -> i + 0.1f, "0.1"),
                of("Boolean", "Boolean", "", i -> i == 0, "true"));
    }

    private static List<IdType> texts() {
        return List.of(
                of("Text", "String", "text", i -> List.of("b", "A", "ä", "_").get(i), "b"),
                of("Varchar", "String", "varchar(40)", i -> "x:%" + i, "x:%0"),
                of("Char", "String", "char(10)", i -> "ab" + i, "ab0       "),
                of("CharFull", "String", "char(3)", i -> "ab" + i, "ab0"),
                of("CharDomain", "String", "padded", i -> "ab" + i, "ab0   "),
                of("AnyCase", "String", "text collate any_case", i -> "Ab" + i, "Ab0"),
                of("Character", "Character", "", i -> (char) ('a' + i), "a"),
                of("Characters", "char[]", "varchar(20)", i -> ("ab" + i).toCharArray(), "ab0"),
                of("Uuid", "java.util.UUID", "", i -> new UUID(1, i), "00000000-0000-0001-0000-000000000000"),
                of(
                        "UuidAsText",
                        "@JdbcTypeCode(SqlTypes.CHAR) java.util.UUID",
                        "char(36)",
                        i -> new UUID(1, i),
                        "00000000-0000-0001-0000-000000000000"),
                of("EnumByName", "@Enumerated(EnumType.STRING) Colour", "varchar(20)", i -> COLOURS.get(i), "RED"),
                of("EnumByNameChecked", "@Enumerated(EnumType.STRING) Colour", "", i -> COLOURS.get(i), "RED"),
                of("EnumByOrdinal", "@Enumerated(EnumType.ORDINAL) Colour", "", i -> COLOURS.get(i), "RED"),
                of(
                        "EnumNamed",
                        "@Enumerated(EnumType.STRING) @JdbcTypeCode(SqlTypes.NAMED_ENUM) Colour",
                        "colour",
                        i -> COLOURS.get(i),
                        "RED"));
    }

    private static List<IdType> times() {
        return List.of(
                of("LocalDate", "java.time.LocalDate", "", i -> LocalDate.of(2026, 5, 6 + i), "2026-05-06"),
                of(
                        "LocalDateTime",
                        "java.time.LocalDateTime",
                        "",
                        i -> LOCAL.plusDays(i),
                        "2026-05-06T07:08:09.123457"),
                of(
                        "LocalDateTimeMillis",
                        "java.time.LocalDateTime",
                        "timestamp(3)",
                        i -> LOCAL.plusDays(i),
                        "2026-05-06T07:08:09.123"),
                of(
                        "LocalDateTimeWhole",
                        "java.time.LocalDateTime",
                        "timestamp(0)",
                        i -> LOCAL.plusDays(i).minusSeconds(9),
                        "2026-05-06T07:08:00"),
                of("Instant", "java.time.Instant", "", i -> NANOS.plusSeconds(i), "2026-05-06T07:08:09.123457Z"),
                of(
                        "InstantMillis",
                        "java.time.Instant",
                        "timestamp(3) with time zone",
                        i -> NANOS.plusSeconds(i),
                        "2026-05-06T07:08:09.123Z"),
                of(
                        "InstantWithoutZone",
                        "java.time.Instant",
                        "timestamp(6)",
                        i -> NANOS.plusSeconds(i),
                        "2026-05-06T07:08:09.123457"),
                of(
                        "OffsetDateTime",
                        "java.time.OffsetDateTime",
                        "",
                        i -> OffsetDateTime.of(LOCAL.plusDays(i), ZoneOffset.ofHours(5)),
                        "2026-05-06T02:08:09.123457Z"),
                of(
                        "ZonedDateTime",
                        "java.time.ZonedDateTime",
                        "",
                        i -> ZonedDateTime.of(LOCAL.plusDays(i), ZoneId.of("Asia/Tokyo")),
                        "2026-05-05T22:08:09.123457Z"),
                of("LocalTime", "java.time.LocalTime", "", i -> LocalTime.of(7, 8 + i, 9), "07:08:09"),
                of(
                        "LocalTimeNanos",
                        "java.time.LocalTime",
                        "time(6)",
                        i -> LocalTime.of(7, 8 + i, 9, 123_456_789),
                        "07:08:09.123"),
                of("Duration", "java.time.Duration", "", i -> Duration.ofSeconds(i + 1, 5), "PT1.000000005S"),
                of("Year", "java.time.Year", "", i -> Year.of(2026 + i), "2026"),
                of(
                        "Interval",
                        "@JdbcTypeCode(SqlTypes.INTERVAL_SECOND) java.time.Duration",
                        "",
                        i -> Duration.ofSeconds(i + 1, 123_456_789),
                        "PT1.123457S"));
    }

    private static List<IdType> legacyTimes() {
        return List.of(
                of(
                        "Date",
                        "@Temporal(TemporalType.TIMESTAMP) java.util.Date",
                        "",
                        i -> Date.from(NANOS.plusSeconds(i)),
                        "2026-05-06T03:08:09.123"),
                of(
                        "DateWithZone",
                        "@Temporal(TemporalType.TIMESTAMP) java.util.Date",
                        "timestamp with time zone",
                        i -> Date.from(NANOS.plusSeconds(i)),
                        "2026-05-06T07:08:09.123Z"),
                of(
                        "DateOnly",
                        "@Temporal(TemporalType.DATE) java.util.Date",
                        "",
                        i -> Date.from(NANOS.plusSeconds(i * 86_400L)),
                        "2026-05-06"),
                of(
                        "TimeOnly",
                        "@Temporal(TemporalType.TIME) java.util.Date",
                        "",
                        i -> Date.from(NANOS.plusSeconds(i)),
                        "02:08:09"),
                of(
                        "SqlDate",
                        "java.sql.Date",
                        "",
                        i -> java.sql.Date.valueOf(LocalDate.of(2026, 5, 6 + i)),
                        "2026-05-06"),
                of("SqlTime", "java.sql.Time", "", i -> Time.valueOf(LocalTime.of(7, 8, 9 + i)), "07:08:09"),
                of(
                        "SqlTimestamp",
                        "java.sql.Timestamp",
                        "",
                        i -> Timestamp.valueOf(LOCAL.plusDays(i)),
                        "2026-05-06T07:08:09.123457"),
                of("Calendar", "Calendar", "", i -> calendar(i), "2026-05-06T03:08:09.123"),
                of(
                        "CalendarDate",
                        "@Temporal(TemporalType.DATE) Calendar",
                        "",
                        i -> calendar(i * 86_400),
                        "2026-05-06"));
    }

    private static Calendar calendar(int seconds) {
        Calendar calendar = new GregorianCalendar();
        calendar.setTime(Date.from(NANOS.plusSeconds(seconds)));
        return calendar;
    }

    private static List<IdType> others() {
        return List.of(
                of("Bytes", "byte[]", "", i -> new byte[] {(byte) 0xca, (byte) 0xfe, (byte) i}, "cafe00"),
                of("Inet", "java.net.InetAddress", "", i -> address(i + 1), "10.0.0.1"),
                of("Url", "java.net.URL", "", i -> url(i), "https://example.com/0"),
                of(
                        "Currency",
                        "java.util.Currency",
                        "",
                        i -> Currency.getInstance(
                                List.of("USD", "EUR", "CHF", "JPY").get(i)),
                        "USD"),
                of(
                        "Locale",
                        "java.util.Locale",
                        "",
                        i -> List.of(Locale.CANADA_FRENCH, Locale.ITALY, Locale.UK, Locale.JAPAN)
                                .get(i),
                        "fr_CA"),
                of(
                        "ZoneId",
                        "java.time.ZoneId",
                        "",
                        i -> ZoneId.of(List.of("Europe/Berlin", "Asia/Tokyo", "UTC", "Asia/Qatar")
                                .get(i)),
                        "Europe/Berlin"),
                of("ZoneOffset", "java.time.ZoneOffset", "", i -> ZoneOffset.ofHours(i + 1), "+01:00"),
                of(
                        "TimeZone",
                        "java.util.TimeZone",
                        "",
                        i -> TimeZone.getTimeZone(List.of("Europe/Berlin", "Asia/Tokyo", "UTC", "Asia/Qatar")
                                .get(i)),
                        "Europe/Berlin"),
                of(
                        "Class",
                        "Class<?>",
                        "",
                        i -> List.of(String.class, Integer.class, Long.class, UUID.class)
                                .get(i),
                        "java.lang.String"),
                of("Array", "Integer[]", "", i -> new Integer[] {i, 1}, "{\"0\",\"1\"}"));
    }

    private static String join(String... columns) {
        return Stream.of(columns)
                .map(column -> column.split(" ", 2))
                .map(column -> "@JoinColumn(name = \"root_" + column[0] + "\", referencedColumnName = \"" + column[0]
                        + "\", nullable = false, columnDefinition = \"" + column[1] + "\")")
                .collect(Collectors.joining(", ", "@JoinColumns({", "})"));
    }

    private static List<IdType> composite() {
        return List.of(
                of(
                        "Embedded",
                        "@EmbeddedId Several",
                        JOIN_SEVERAL,
                        i -> new Several("ab" + i, new BigDecimal(i + 1 + ".005"), NANOS, Colour.BLUE),
                        "ab0   :1.01:2026-05-06T07%3A08%3A09.123Z:BLUE"),
                of(
                        "Converted",
                        "@EmbeddedId Converted",
                        JOIN_CONVERTED,
                        i -> new Converted(new Code("ab" + i), new Cents(i + 101)),
                        "AB0:1.01"),
                of(
                        "IdClass",
                        "@IdClass Pair",
                        JOIN_PAIR,
                        i -> new Pair("ab" + i, new BigDecimal(i + 1 + ".005")),
                        "ab0   :1.01"));
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Object url(int number) {
        try {
            return URI.create("https://example.com/" + number).toURL();
        } catch (java.net.MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Returns the row of the table in docs/keys.md. */
    String row() {
        String type = attribute.replaceAll("java\\.(math|net|time|util)\\.", "");
        String declared = column.isEmpty() || isComposite() ? "" : "`" + column + "`";
        return "| `" + type + "` | " + declared + " | `" + key + "` |";
    }

    String aggregateType() {
        return "id-" + name;
    }

    boolean isComposite() {
        return attribute.startsWith("@EmbeddedId") || attribute.startsWith("@IdClass");
    }

    /** Returns the name of the test. */
    @Override
    public String toString() {
        return name;
    }
}
