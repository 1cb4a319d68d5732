package dev.fullstate.outbox.envelope;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Calendar;
import java.util.TimeZone;

import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.type.CustomType;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.usertype.UserType;
import org.jspecify.annotations.Nullable;

/**
 * A value as Hibernate hands it to the driver: behind converters and user types, in the type and the time zone of the mapping.
 *
 * @param value null where the column has null
 * @param zone that the driver writes dates and times in; null for the JVM's
 */
record ColumnValue(@Nullable Object value, @Nullable TimeZone zone) {

    @SuppressWarnings("unchecked")
    static ColumnValue of(JdbcMapping mapping, Object value, WrapperOptions options) {
        Recorder recorder = new Recorder();
        PreparedStatement statement = (PreparedStatement) Proxy.newProxyInstance(
                ColumnValue.class.getClassLoader(), new Class<?>[] {PreparedStatement.class}, recorder);
        try {
            if (mapping instanceof CustomType<?> custom) {
                // Not through its binder, which requires a session.
                ((UserType<Object>) custom.getUserType()).nullSafeSet(statement, value, 1, options);
            } else {
                mapping.getJdbcValueBinder().bind(statement, mapping.convertToRelationalValue(value), 1, options);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("A recorder, which never fails, has failed", e);
        }
        return new ColumnValue(recorder.value, recorder.zone);
    }

    private static final class Recorder implements InvocationHandler {

        /** As the type has last set it; null for SQL null, and before. */
        private @Nullable Object value;
        /** That of the calendar that came with the value; null without one. */
        private @Nullable TimeZone zone;

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
            if (arguments == null || arguments.length < 2 || !method.getName().startsWith("set")) {
                throw new UnsupportedOperationException(
                        "The type of this attribute calls the driver's method " + method.getName());
            }
            value = method.getName().equals("setNull") ? null : arguments[1];
            zone = arguments[arguments.length - 1] instanceof Calendar calendar ? calendar.getTimeZone() : null;
            return null;
        }
    }
}
