package dev.fullstate.outbox.envelope;

import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.TimeZone;

import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.type.descriptor.WrapperOptions;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/** Writes a value as its column has it: the value that the driver is given, in the form of the driver's type (docs/adr/0021). */
final class ColumnForm implements ValueForm, KeyForm {

    private static final TimeZone UTC = TimeZone.getTimeZone(ZoneOffset.UTC);

    private final JdbcMapping mapping;
    private final boolean withTimeZone;
    private final WrapperOptions options;

    /**
     * Creates the form of a column.
     *
     * @param withTimeZone whether the column holds points in time, and not dates and times whose zone is kept elsewhere
     */
    ColumnForm(JdbcMapping mapping, boolean withTimeZone, WrapperOptions options) {
        this.mapping = mapping;
        this.withTimeZone = withTimeZone;
        this.options = options;
    }

    @Override
    public void write(Object value, JsonGenerator generator, SerializationContext context) {
        Object written = column(value);
        if (written == null) {
            generator.writeNull();
        } else {
            form(written).write(written, generator, context);
        }
    }

    @Override
    public void writeName(Object value, JsonGenerator generator, SerializationContext context) {
        Object written = column(value);
        if (written == null) {
            throw new IllegalArgumentException("A key of a map is null in its column");
        }
        form(written).writeName(written, generator, context);
    }

    private static ScalarForm<?> form(Object written) {
        ScalarForm<?> form = DecidedForms.scalar(written.getClass());
        if (form == null) {
            throw new IllegalArgumentException(
                    "The type of the attribute writes a " + written.getClass().getName());
        }
        return form;
    }

    /** Returns the driver's value, freed from the zones that its types depend on. */
    private @Nullable Object column(Object value) {
        ColumnValue column = ColumnValue.of(mapping, value, options);
        Object written = column.value();
        // Hibernate writes a Calendar in the calendar's own zone, but reads it in this one; the value has been read.
        TimeZone zone = value instanceof Calendar ? options.getJdbcTimeZone() : column.zone();
        if (written instanceof Timestamp timestamp) {
            LocalDateTime local = TemporalText.local(timestamp, withTimeZone ? UTC : zone);
            return withTimeZone ? local.atOffset(ZoneOffset.UTC) : local;
        }
        if (written instanceof java.sql.Date date) {
            return TemporalText.local(date, null).toLocalDate();
        }
        return written instanceof Time time ? TemporalText.local(time, zone).toLocalTime() : written;
    }
}
