package dev.fullstate.outbox.aggregate;

import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.type.CustomType;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.descriptor.java.OffsetTimeJavaType;
import org.hibernate.type.descriptor.java.SerializableJavaType;
import org.hibernate.type.descriptor.java.spi.UnknownBasicJavaType;
import org.hibernate.type.internal.UserTypeJavaTypeWrapper;
import org.hibernate.usertype.EnhancedUserType;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.ColumnTypes;

/**
 * The text of a basic value. It does not depend on the time zone or the locale of the process that writes it, and the value can
 * be read from it again. The table of all texts is in docs/keys.md (docs/adr/0018).
 */
final class BasicText {

    private final JdbcMapping mapping;
    private final Form form;

    private BasicText(JdbcMapping mapping, Form form) {
        this.mapping = mapping;
        this.form = form;
    }

    /** Writes the values of a type, and reads them again. */
    record Form(Function<Object, String> write, Function<String, Object> read) {

        static <T> Form of(Class<T> type, Function<T, String> write, Function<String, ? extends T> read) {
            return new Form(value -> write.apply(type.cast(value)), read::apply);
        }
    }

    /** Types for which Hibernate's own text depends on the value's origin, or is not the usual one. */
    private static final Map<Class<?>, Form> FORMS = Map.of(
            BigDecimal.class, Form.of(BigDecimal.class, BigDecimal::toPlainString, BigDecimal::new),
            Duration.class, Form.of(Duration.class, Duration::toString, Duration::parse),
            InetAddress.class, Form.of(InetAddress.class, InetAddress::getHostAddress, BasicText::address));

    /** Returns null for values without a text, or with one that cannot be read again or does not stay the same. */
    static @Nullable BasicText of(BasicValuedModelPart part, ColumnTypes types) {
        JdbcMapping mapping = part.getJdbcMapping();
        JavaType<?> type = mapping.getValueConverter() == null
                ? mapping.getJavaTypeDescriptor()
                : mapping.getValueConverter().getRelationalJavaType();
        if (hasNoText(mapping, type)) {
            return null;
        }
        Form moment = Moments.form(
                type.getJavaTypeClass(),
                types.of(part.getContainingTableExpression(), part).sql(),
                types.zone(mapping.getJdbcType()));
        Form form = moment == null ? FORMS.get(type.getJavaTypeClass()) : moment;
        return new BasicText(mapping, form == null ? ofHibernate(type) : form);
    }

    /**
     * Returns whether the values have no stable text. A time with an offset has none: Hibernate stores it without the offset, in
     * the zone of a process.
     */
    private static boolean hasNoText(JdbcMapping mapping, JavaType<?> type) {
        return type instanceof UnknownBasicJavaType
                || type instanceof SerializableJavaType
                || type instanceof OffsetTimeJavaType
                || (type instanceof UserTypeJavaTypeWrapper && !isEnhanced(mapping));
    }

    private static boolean isEnhanced(JdbcMapping mapping) {
        return mapping instanceof CustomType<?> custom && custom.getUserType() instanceof EnhancedUserType;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Form ofHibernate(JavaType<?> type) {
        return new Form(value -> ((JavaType) type).toString(value), type::fromString);
    }

    String write(Object value) {
        return form.write.apply(mapping.convertToRelationalValue(value));
    }

    Object read(String text) {
        return mapping.convertToDomainValue(form.read.apply(text));
    }

    private static InetAddress address(String text) {
        if (text.isEmpty() || text.chars().anyMatch(letter -> letter > 'f' || letter == '-')) {
            throw new IllegalArgumentException("'" + text + "' is a host name, but an address is expected");
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + text + "' is not an address", e);
        }
    }
}
