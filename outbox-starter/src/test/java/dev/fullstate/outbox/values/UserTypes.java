package dev.fullstate.outbox.values;

import java.io.Serializable;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Currency;
import java.util.Objects;

import org.hibernate.metamodel.spi.ValueAccess;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.usertype.CompositeUserType;
import org.hibernate.usertype.UserType;

/** Types that an application teaches Hibernate. */
final class UserTypes {

    private UserTypes() {}

    /** A value with many properties, few of which are state. */
    record Money(BigDecimal amount, Currency currency) {

        public Money getNegated() {
            return new Money(amount.negate(), currency);
        }
    }

    /** Stores money in two columns. */
    public static class MoneyType implements CompositeUserType<Money> {

        /** The mapped entity. */
        public static class Columns {
            BigDecimal amount;
            Currency currency;
        }

        @Override
        public Object getPropertyValue(Money money, int property) {
            return property == 0 ? money.amount() : money.currency();
        }

        @Override
        public Money instantiate(ValueAccess values) {
            BigDecimal amount = values.getValue(0, BigDecimal.class);
            return amount == null ? null : new Money(amount, values.getValue(1, Currency.class));
        }

        @Override
        public Class<?> embeddable() {
            return Columns.class;
        }

        @Override
        public Class<Money> returnedClass() {
            return Money.class;
        }

        @Override
        public boolean equals(Money one, Money other) {
            return Objects.equals(one, other);
        }

        @Override
        public int hashCode(Money money) {
            return money.hashCode();
        }

        @Override
        public Money deepCopy(Money money) {
            return money;
        }

        @Override
        public boolean isMutable() {
            return false;
        }

        @Override
        public Serializable disassemble(Money money) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Money assemble(Serializable cached, Object owner) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Money replace(Money detached, Money managed, Object owner) {
            return detached;
        }
    }

    /** A value whose form in the database only its type knows. */
    static final class Color {

        private final int rgb;

        Color(int rgb) {
            this.rgb = rgb;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Color color && color.rgb == rgb;
        }

        @Override
        public int hashCode() {
            return rgb;
        }
    }

    /** Stores a color in one column, as hexadecimal digits. */
    public static class ColorType implements UserType<Color> {

        @Override
        public int getSqlType() {
            return SqlTypes.VARCHAR;
        }

        @Override
        public Class<Color> returnedClass() {
            return Color.class;
        }

        @Override
        public boolean equals(Color one, Color other) {
            return Objects.equals(one, other);
        }

        @Override
        public int hashCode(Color color) {
            return color.hashCode();
        }

        @Override
        public Color nullSafeGet(ResultSet row, int position, WrapperOptions options) throws SQLException {
            String digits = row.getString(position);
            return digits == null ? null : new Color(Integer.parseInt(digits, 16));
        }

        @Override
        public void nullSafeSet(PreparedStatement statement, Color color, int position, WrapperOptions options)
                throws SQLException {
            if (color == null) {
                statement.setNull(position, SqlTypes.VARCHAR);
            } else {
                statement.setString(position, Integer.toHexString(color.rgb));
            }
        }

        @Override
        public Color deepCopy(Color color) {
            return color;
        }

        @Override
        public boolean isMutable() {
            return false;
        }
    }
}
