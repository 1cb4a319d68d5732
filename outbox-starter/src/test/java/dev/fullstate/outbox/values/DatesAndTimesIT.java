package dev.fullstate.outbox.values;

import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Dates and times are written as PostgreSQL writes them, for each zone and locale of the JVM, each zone of the driver and each
 * type in Java, and by every instance.
 */
class DatesAndTimesIT {

    private static final List<String> MOMENTS = List.of(
            "2026-07-01T23:30:00",
            "2026-01-02T00:30:45.123456",
            "2026-03-29T02:30:00.1", // left out by clocks in Berlin
            "2026-10-25T02:30:00", // twice in Berlin
            "1970-01-01T00:00:00",
            "1945-05-08T23:01:00",
            "1899-12-30T23:59:59.999999", // before 1900, offsets are those of the sun
            "1883-11-18T12:03:57",
            "1500-03-01T12:00:00", // by Julian's calendar
            "0004-06-01T00:00:00",
            "-0043-03-15T10:00:00");

    /** Hibernate reads these through java.sql's types, which lose the era. */
    private static final Set<String> WITHOUT_ERA = Set.of(
            "localDate",
            "localDateTime",
            "milliseconds",
            "localWithTimeZone",
            "instantWithoutTimeZone",
            "offsetNormalized",
            "zonedNormalized");

    static PostgresServer postgres;
    static String database = "moments";

    private final TimeZone zone = TimeZone.getDefault();
    private final Locale locale = Locale.getDefault();

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Moments.class)
    static class ValuesOfAllKinds {}

    /**
     * The settings of an application's process.
     *
     * @param jdbcTimeZone null if it is not set
     */
    record Setting(String zone, String locale, String jdbcTimeZone) {}

    static Stream<Setting> settings() {
        return Stream.of(
                new Setting("UTC", "en-US", null),
                new Setting("Europe/Berlin", "de-DE", null),
                new Setting("America/St_Johns", "th-TH-u-ca-buddhist-nu-thai", "Asia/Kolkata"),
                new Setting("Asia/Kolkata", "tr-TR", "UTC"));
    }

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        Databases.recreate(postgres, database);
    }

    @AfterEach
    void reset() {
        TimeZone.setDefault(zone);
        Locale.setDefault(locale);
    }

    private static ShopApplication application(Setting setting) {
        TimeZone.setDefault(TimeZone.getTimeZone(setting.zone()));
        Locale.setDefault(Locale.forLanguageTag(setting.locale()));
        String[] properties = setting.jdbcTimeZone() == null
                ? new String[0]
                : new String[] {"spring.jpa.properties.hibernate.jdbc.time_zone=" + setting.jdbcTimeZone()};
        return ShopApplication.startAgainWith(ValuesOfAllKinds.class, postgres, database, properties);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void datesAndTimesAreWrittenAsPostgresWritesThem(Setting setting) {
        try (ShopApplication application = application(setting)) {
            application.run(em ->
                    MOMENTS.forEach(at -> em.persist(new Moments(setting.zone() + " " + at, LocalDateTime.parse(at)))));
            assertThat(differences(application)).as("live").isEmpty();

            application.forgetOutbox();
            Republisher republisher = application.bean(Republisher.class);
            var job = republisher.start(List.of("moments"), "test");
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> republisher.find(job).orElseThrow().state().isFinal());
            assertThat(differences(application))
                    .as("republished, with rows of other instances too")
                    .isEmpty();
            application.forgetOutbox();
        }
    }

    private static List<String> differences(ShopApplication application) {
        List<String> differences = new ArrayList<>();
        for (OutboxRow event : application.outbox()) {
            JsonNode columns = columns(application, event.aggregateId());
            JsonNode written = event.data();
            written.propertyNames().forEach(name -> {
                JsonNode column = columns.get(name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
                if (!written.get(name).equals(column) && !isLostByHibernate(name, column.stringValue())) {
                    differences.add(event.aggregateId() + " " + name + ": " + written.get(name) + " but " + column);
                }
            });
        }
        return differences;
    }

    private static boolean isLostByHibernate(String name, String column) {
        boolean beforeOurEra = column.startsWith("-") && WITHOUT_ERA.contains(name);
        boolean leftOutByTheJvm = column.startsWith("2026-03-29T02:30:00")
                && !column.endsWith("Z")
                && TimeZone.getDefault().getID().equals("Europe/Berlin");
        return beforeOurEra || leftOutByTheJvm;
    }

    private static JsonNode columns(ShopApplication application, String id) {
        String row = application.transaction().execute(status -> {
            application.jdbc().sql("set local timezone = 'UTC'").update();
            return application
                    .jdbc()
                    .sql("select to_json(m)::text from (select * from moments where id = ?) m")
                    .param(id)
                    .query(String.class)
                    .single();
        });
        return JsonMapper.shared().readTree(iso(row));
    }

    /** PostgreSQL writes offsets in several ways, and years before our era without a sign. */
    private static String iso(String json) {
        String inUtc = json.replaceAll("\\+00(:00)?( BC)?\"", "Z$2\"");
        return Pattern.compile("\"(\\d{4})(-[^\"]*) BC\"")
                .matcher(inUtc)
                .replaceAll(date ->
                        String.format(Locale.ROOT, "\"-%04d%s\"", Integer.parseInt(date.group(1)) - 1, date.group(2)));
    }
}
