package dev.fullstate.outbox.envelope;

import java.util.List;

import org.hibernate.Hibernate;
import org.hibernate.bytecode.enhance.spi.interceptor.BytecodeLazyAttributeInterceptor;
import org.hibernate.engine.spi.PersistentAttributeInterceptable;
import org.hibernate.property.access.spi.Getter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.BeanPropertyWriter;

import dev.fullstate.outbox.aggregate.Attribute.Column;

/** A member of an object, or several members that belong together. */
sealed interface Member {

    /** Returns the member's name; for several members, the name of the attribute that they come from. */
    String name();

    /** Returns the columns that hold the value; none if it has no columns of its own. */
    default List<Column> columns() {
        return List.of();
    }

    /** Describes the member's origin, for people. */
    String origin();

    void write(Object holder, JsonGenerator generator, SerializationContext context);

    /** Writes null in place of the member's value. */
    default void writeNull(JsonGenerator generator) {
        generator.writeName(name());
        generator.writeNull();
    }

    /** Returns the single members that this one stands for: usually itself. */
    default List<Member> simple() {
        return List.of(this);
    }

    /**
     * The value of a persistent attribute.
     *
     * @param attribute the attribute's name in Java
     * @param mayBeLazy whether the attribute may have to be loaded before it is read
     */
    record OfAttribute(
            SerializedString key,
            String attribute,
            Getter getter,
            boolean mayBeLazy,
            List<Column> columns,
            ValueForm form)
            implements Member {

        @Override
        public String name() {
            return key.getValue();
        }

        @Override
        public String origin() {
            return "attribute '" + attribute + "'";
        }

        @Override
        public void write(Object holder, JsonGenerator generator, SerializationContext context) {
            generator.writeName(key);
            ValueForm.writeNullable(form, value(holder), generator, context);
        }

        @Nullable
        Object value(Object holder) {
            if (mayBeLazy) {
                load(holder, attribute);
            }
            return getter.get(holder);
        }
    }

    /** A value that a class computes and whose annotations ask for it to be written. */
    record Computed(BeanPropertyWriter property) implements Member {

        @Override
        public String name() {
            return property.getName();
        }

        @Override
        public String origin() {
            return "'" + property.getMember().getName() + "', which is not persistent";
        }

        @Override
        public void write(Object holder, JsonGenerator generator, SerializationContext context) {
            try {
                property.serializeAsProperty(holder, generator, context);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw DatabindException.wrapWithPath(e, holder, name());
            }
        }
    }

    /** The kind of an entity or embeddable, the same for all objects of a class. */
    record OfKind(String name, @Nullable Object value, List<Column> columns) implements Member {

        @Override
        public String origin() {
            return "the kind of the entity";
        }

        @Override
        public void write(Object holder, JsonGenerator generator, SerializationContext context) {
            generator.writeName(name);
            if (value instanceof Number number) {
                generator.writeNumber(number.longValue());
            } else if (value == null) {
                generator.writeNull();
            } else {
                generator.writeString(value.toString());
            }
        }
    }

    /** The members of the object that an attribute holds, in place of the attribute. */
    record Unwrapped(OfAttribute holds, ObjectForm form) implements Member {

        @Override
        public String name() {
            return holds.name();
        }

        @Override
        public String origin() {
            return holds.origin();
        }

        @Override
        public List<Member> simple() {
            return form.kinds().stream()
                    .flatMap(kind -> kind.members().stream())
                    .flatMap(member -> member.simple().stream())
                    .toList();
        }

        @Override
        public void write(Object holder, JsonGenerator generator, SerializationContext context) {
            Object value = holds.value(holder);
            if (value == null) {
                writeNull(generator);
                return;
            }
            Object object = Hibernate.unproxy(value);
            for (Member member : form.kind(object.getClass()).members()) {
                member.write(object, generator, context);
            }
        }

        @Override
        public void writeNull(JsonGenerator generator) {
            if (form.kinds().size() == 1) {
                form.kinds().get(0).members().forEach(member -> member.writeNull(generator));
            }
        }
    }

    /** Loads an attribute that is not loaded yet, or the whole entity if the object is only a stand-in for it. */
    static void load(Object bean, String attribute) {
        if (((PersistentAttributeInterceptable) bean).$$_hibernate_getInterceptor()
                        instanceof BytecodeLazyAttributeInterceptor lazy
                && !lazy.isAttributeLoaded(attribute)) {
            ((PersistentAttributeInterceptable) bean)
                    .$$_hibernate_getInterceptor()
                    .readObject(bean, attribute, null);
        }
    }
}
