package dev.fullstate.outbox.values;

import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Temporal;
import jakarta.persistence.TemporalType;
import jakarta.persistence.Version;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TimeZoneStorage;
import org.hibernate.annotations.TimeZoneStorageType;
import org.hibernate.type.SqlTypes;

import dev.fullstate.outbox.PublishFullState;

/** Each way in which Hibernate maps a date or a time; the column's name is the attribute's. */
@Entity
@PublishFullState
@SuppressWarnings({"deprecation", "JavaUtilDate"}) // as applications have them
class Moments {

    @Id
    String id;

    LocalDate localDate;

    java.sql.Date sqlDate;

    @Temporal(TemporalType.DATE)
    Date utilDate;

    @Temporal(TemporalType.DATE)
    Calendar calendarDate;

    @Column(columnDefinition = "time(6)")
    LocalTime localTime;

    @Column(columnDefinition = "time(3)")
    Time sqlTime;

    @Temporal(TemporalType.TIME)
    Date utilTime;

    OffsetTime offsetTime;

    LocalDateTime localDateTime;

    @Column(columnDefinition = "timestamp(3)")
    LocalDateTime milliseconds;

    @Temporal(TemporalType.TIMESTAMP)
    Date utilTimestamp;

    Timestamp sqlTimestamp;

    Calendar calendarTimestamp;

    @Column(columnDefinition = "timestamptz")
    Date utilWithTimeZone;

    @Column(columnDefinition = "timestamptz")
    Timestamp sqlWithTimeZone;

    @Column(columnDefinition = "timestamptz")
    LocalDateTime localWithTimeZone;

    Instant instant;

    @JdbcTypeCode(SqlTypes.TIMESTAMP)
    Instant instantWithoutTimeZone;

    OffsetDateTime offsetDateTime;

    ZonedDateTime zonedDateTime;

    @TimeZoneStorage(TimeZoneStorageType.NORMALIZE)
    OffsetDateTime offsetNormalized;

    @TimeZoneStorage(TimeZoneStorageType.NORMALIZE_UTC)
    OffsetDateTime offsetNormalizedUtc;

    @TimeZoneStorage(TimeZoneStorageType.NORMALIZE)
    ZonedDateTime zonedNormalized;

    @Version
    long version;

    protected Moments() {}

    /** Sets all attributes to the same moment: this one in the JVM's zone where they know no zone, else this one in UTC. */
    Moments(String id, LocalDateTime at) {
        this.id = id;
        Instant utc = at.toInstant(ZoneOffset.UTC);
        localDate = at.toLocalDate();
        sqlDate = java.sql.Date.valueOf(localDate);
        utilDate = new Date(sqlDate.getTime());
        calendarDate = calendar(utilDate);
        localTime = at.toLocalTime();
        sqlTime = Time.valueOf(localTime);
        utilTime = new Date(sqlTime.getTime());
        offsetTime = localTime.atOffset(ZoneOffset.ofHours(2));
        localDateTime = at;
        milliseconds = at;
        sqlTimestamp = Timestamp.valueOf(at);
        utilTimestamp = new Date(sqlTimestamp.getTime());
        calendarTimestamp = calendar(utilTimestamp);
        utilWithTimeZone = utilTimestamp;
        sqlWithTimeZone = sqlTimestamp;
        localWithTimeZone = at;
        instant = utc;
        instantWithoutTimeZone = utc;
        offsetDateTime = utc.atOffset(ZoneOffset.ofHours(5));
        zonedDateTime = utc.atZone(java.time.ZoneId.of("Asia/Tokyo"));
        offsetNormalized = offsetDateTime;
        offsetNormalizedUtc = offsetDateTime;
        zonedNormalized = zonedDateTime;
    }

    private static Calendar calendar(Date date) {
        Calendar calendar = new GregorianCalendar();
        calendar.setTime(date);
        return calendar;
    }
}
