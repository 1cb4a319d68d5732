package dev.fullstate.outbox.values;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyEnumerated;
import jakarta.persistence.Version;
import org.hibernate.annotations.CompositeType;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TimeZoneColumn;
import org.hibernate.annotations.TimeZoneStorage;
import org.hibernate.annotations.TimeZoneStorageType;
import org.hibernate.annotations.Type;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.YesNoConverter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.PublishFullState;
import dev.fullstate.outbox.values.UserTypes.Color;
import dev.fullstate.outbox.values.UserTypes.ColorType;
import dev.fullstate.outbox.values.UserTypes.Money;
import dev.fullstate.outbox.values.UserTypes.MoneyType;

/** Each kind of value, apart from dates and times. */
final class Kinds {

    private Kinds() {}

    /** An enum with everything that Jackson would write instead of the name. */
    enum Size {
        @JsonProperty("a-little")
        SMALL,
        @JsonProperty("a-lot")
        LARGE {
            @Override
            public String toString() {
                return "very large";
            }
        };

        @JsonValue
        public String label() {
            return "size of " + name().length();
        }

        @Override
        public String toString() {
            return "the " + name().length();
        }
    }

    @Entity
    @PublishFullState
    static class Scalars {

        @Id
        int id = 1;

        char letter = 'ä';
        char[] letters = {'a', '"'};
        boolean yes = true;

        @Convert(converter = YesNoConverter.class)
        Boolean yesNo = true;

        byte tiny = -1;
        short small = 2;
        int medium = 3;
        long large = Long.MIN_VALUE;

        @Column(precision = 40, scale = 0)
        BigInteger huge = new BigInteger("123456789012345678901234567890");

        @Column(precision = 38, scale = 20)
        BigDecimal exact = new BigDecimal("1E+10").add(new BigDecimal("0.00000000000000000001"));

        @Column(precision = 10, scale = 2)
        BigDecimal price = new BigDecimal("1E+3");

        float single = 0.1f;
        double twice = 2.0e-3;
        UUID uuid = UUID.fromString("00000000-0000-0001-0000-000000000002");
        byte[] bytes = {-1, 0, 1};

        @Lob
        byte[] image = {1};

        @Lob
        String story = "Once\n";

        ZoneId zone = ZoneId.of("Europe/Berlin");
        ZoneOffset zoneOffset = ZoneOffset.ofHours(2);
        TimeZone timeZone = TimeZone.getTimeZone("Asia/Kolkata");
        Locale locale = Locale.forLanguageTag("de-AT");
        Currency currency = Currency.getInstance("EUR");
        URL url = url("https://example.org/?q=\"");
        InetAddress address = InetAddress.getLoopbackAddress();
        Class<?> type = String.class;
        Duration duration = Duration.ofMillis(90_500);

        @JdbcTypeCode(SqlTypes.INTERVAL_SECOND)
        Duration interval = Duration.ofSeconds(61);

        Year year = Year.of(2026);

        @TimeZoneStorage(TimeZoneStorageType.COLUMN)
        @TimeZoneColumn(name = "kept_zone")
        OffsetDateTime kept = OffsetDateTime.parse("2026-01-02T03:04:05.100+05:30");

        @Version
        long version;

        private static URL url(String text) {
            try {
                return URI.create(text.replace("\"", "%22")).toURL();
            } catch (java.net.MalformedURLException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }

    @Entity
    @PublishFullState
    static class Enums {

        @Id
        int id = 1;

        @Enumerated(EnumType.STRING)
        Size byName = Size.SMALL;

        @Enumerated(EnumType.ORDINAL)
        Size byOrdinal = Size.LARGE;

        @JdbcTypeCode(SqlTypes.NAMED_ENUM)
        Size byType = Size.LARGE;

        @Convert(converter = SizeConverter.class)
        Size byConverter = Size.SMALL;

        DayOfWeek day = DayOfWeek.MONDAY;

        Size[] several = {Size.SMALL, Size.LARGE};

        @ElementCollection
        @Enumerated(EnumType.STRING)
        Set<Size> elements = new TreeSet<>(Set.of(Size.LARGE));

        @ElementCollection
        @MapKeyEnumerated(EnumType.STRING)
        @Enumerated(EnumType.ORDINAL)
        Map<Size, Size> entries = new TreeMap<>(Map.of(Size.LARGE, Size.SMALL));

        @Version
        long version;
    }

    static class SizeConverter implements AttributeConverter<Size, String> {

        @Override
        public String convertToDatabaseColumn(Size size) {
            return size == null ? null : size.name().substring(0, 1);
        }

        @Override
        public Size convertToEntityAttribute(String code) {
            return code == null ? null : code.equals("S") ? Size.SMALL : Size.LARGE;
        }
    }

    @Entity
    @PublishFullState
    static class Several {

        @Id
        LocalDate id = LocalDate.of(2026, 1, 2);

        String[] texts = {"b", null, "a"};
        int[] numbers = {2, 1};
        List<LocalDate> dates = new ArrayList<>(List.of(LocalDate.of(2026, 3, 29)));
        BigDecimal[] prices = {new BigDecimal("1.50")};

        @ElementCollection
        Map<LocalDate, Duration> byDate = new TreeMap<>(Map.of(LocalDate.of(2026, 1, 2), Duration.ofHours(25)));

        @ElementCollection
        List<BigDecimal> amounts = new ArrayList<>(List.of(new BigDecimal("3.00")));

        @ManyToOne
        Several other;

        @Version
        long version;

        protected Several() {}

        Several(LocalDate id, Several other) {
            this.id = id;
            this.other = other;
        }
    }

    /** A value in a document. */
    record Point(int x, @JsonProperty("why") String y) {}

    @Entity
    @PublishFullState
    static class Documents {

        @Id
        int id = 1;

        @JdbcTypeCode(SqlTypes.JSON)
        String text = "{\"b\": [1.50, 1e2, null], \"a\": \"x\"}";

        @JdbcTypeCode(SqlTypes.JSON)
        Map<String, Object> map = new LinkedHashMap<>(Map.of("k", List.of(1, "v")));

        @JdbcTypeCode(SqlTypes.JSON)
        List<Point> points = new ArrayList<>(List.of(new Point(1, "z")));

        @JdbcTypeCode(SqlTypes.JSON)
        Point point = new Point(2, "y");

        @JdbcTypeCode(SqlTypes.JSON)
        com.fasterxml.jackson.databind.JsonNode tree = Jackson2TreeConverter.read("{\"t\":[1.5]}");

        @JdbcTypeCode(SqlTypes.SQLXML)
        String xml = "<a b=\"1\"/>";

        @Version
        long version;
    }

    @Entity
    @PublishFullState
    static class Converted {

        @Id
        int id = 1;

        @Convert(converter = EmailConverter.class)
        Email email = new Email("a@example.org", 3);

        @Convert(converter = TagsConverter.class)
        List<String> tags = new ArrayList<>(List.of("x", "y"));

        @Convert(converter = YearMonthConverter.class)
        YearMonth month = YearMonth.of(2026, 2);

        @Convert(converter = Jackson2TreeConverter.class)
        com.fasterxml.jackson.databind.JsonNode jackson2 = Jackson2TreeConverter.read("{\"n\":1.5}");

        @Convert(converter = Jackson3TreeConverter.class)
        JsonNode jackson3 = JsonMapper.shared().readTree("{\"m\":[true]}");

        @Type(ColorType.class)
        Color color = new Color(255);

        @CompositeType(MoneyType.class)
        Money price = new Money(new BigDecimal("12.50"), Currency.getInstance("EUR"));

        @Version
        long version;
    }

    /** A value that Jackson could write itself, and that the database has as text. */
    record Email(String address, int length) {}

    static class EmailConverter implements AttributeConverter<Email, String> {

        @Override
        public String convertToDatabaseColumn(Email email) {
            return email == null ? null : email.address();
        }

        @Override
        public Email convertToEntityAttribute(String address) {
            return address == null ? null : new Email(address, address.length());
        }
    }

    static class TagsConverter implements AttributeConverter<List<String>, String> {

        @Override
        public String convertToDatabaseColumn(List<String> tags) {
            return tags == null ? null : String.join(",", tags);
        }

        @Override
        public List<String> convertToEntityAttribute(String tags) {
            return tags == null ? null : new ArrayList<>(List.of(tags.split(",")));
        }
    }

    static class YearMonthConverter implements AttributeConverter<YearMonth, Integer> {

        @Override
        public Integer convertToDatabaseColumn(YearMonth month) {
            return month == null ? null : month.getYear() * 100 + month.getMonthValue();
        }

        @Override
        public YearMonth convertToEntityAttribute(Integer month) {
            return month == null ? null : YearMonth.of(month / 100, month % 100);
        }
    }

    static class Jackson2TreeConverter implements AttributeConverter<com.fasterxml.jackson.databind.JsonNode, String> {

        static com.fasterxml.jackson.databind.JsonNode read(String json) {
            try {
                return new com.fasterxml.jackson.databind.ObjectMapper()
                        .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .readTree(json);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public String convertToDatabaseColumn(com.fasterxml.jackson.databind.JsonNode tree) {
            return tree == null ? null : tree.toString();
        }

        @Override
        public com.fasterxml.jackson.databind.JsonNode convertToEntityAttribute(String json) {
            return json == null ? null : read(json);
        }
    }

    static class Jackson3TreeConverter implements AttributeConverter<JsonNode, String> {

        @Override
        public String convertToDatabaseColumn(JsonNode tree) {
            return tree == null ? null : tree.toString();
        }

        @Override
        public JsonNode convertToEntityAttribute(String json) {
            return json == null ? null : JsonMapper.shared().readTree(json);
        }
    }

    /** Each attribute has an annotation for its form, or its type has a serializer of the application's. */
    @Entity
    @PublishFullState
    static class Chosen {

        @Id
        int id = 1;

        @JsonFormat(shape = JsonFormat.Shape.STRING, pattern = "dd.MM.yyyy")
        LocalDate date = LocalDate.of(2026, 1, 2);

        @JsonSerialize(using = Shouting.class)
        String text = "quiet";

        @JsonFormat(shape = JsonFormat.Shape.OBJECT)
        @Convert(converter = EmailConverter.class)
        Email email = new Email("a@example.org", 3);

        @Convert(converter = NickConverter.class)
        Nick nick = new Nick("n");

        @Version
        long version;
    }

    static class Shouting extends ValueSerializer<String> {

        @Override
        public void serialize(String text, JsonGenerator generator, SerializationContext context) {
            generator.writeString(text.toUpperCase(Locale.ROOT));
        }
    }

    /** A value for which a customizer has a serializer. */
    record Nick(String name) {}

    static class NickConverter implements AttributeConverter<Nick, String> {

        @Override
        public String convertToDatabaseColumn(Nick nick) {
            return nick == null ? null : nick.name();
        }

        @Override
        public Nick convertToEntityAttribute(String name) {
            return name == null ? null : new Nick(name);
        }
    }

    @Entity
    @PublishFullState
    static class Measure {

        @Id
        int id = 1;

        double value;

        java.time.Instant at;

        @Version
        long version;
    }
}
