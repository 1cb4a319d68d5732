package dev.fullstate.outbox.aggregate;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.ColumnTypes;

/**
 * Writes a value as text, for the key of an event or the name of a member in JSON.
 *
 * <p>A simple value becomes its plain text. A composite value becomes its attributes in declared order, joined by {@code :}, with
 * {@code :} and {@code %} in them percent-encoded.
 */
final class TextForm {

    private final List<BasicText> types;
    private final int[] order;
    private final @Nullable Function<Object, Object[]> attributes;

    private TextForm(List<BasicText> types, int[] order, @Nullable Function<Object, Object[]> attributes) {
        this.types = types;
        this.order = order;
        this.attributes = attributes;
    }

    /** Returns the text form of an id; null if a part of it is not basic or has no text of its own. */
    static @Nullable TextForm of(EntityIdentifierMapping id, ColumnTypes columns) {
        if (id instanceof CompositeIdentifierMapping composite) {
            return of(composite.getMappedIdEmbeddableTypeDescriptor(), columns);
        }
        BasicText text = id instanceof BasicValuedModelPart basic ? BasicText.of(basic, columns) : null;
        return text == null ? null : new TextForm(List.of(text), new int[] {0}, null);
    }

    /** Returns the text form of an embeddable; null if an attribute is not basic or has no text of its own. */
    static @Nullable TextForm of(EmbeddableMappingType embeddable, ColumnTypes columns) {
        List<String> names = new ArrayList<>();
        List<BasicText> types = new ArrayList<>();
        for (int i = 0; i < embeddable.getNumberOfAttributeMappings(); i++) {
            AttributeMapping attribute = embeddable.getAttributeMapping(i);
            BasicText text = attribute instanceof BasicValuedModelPart basic ? BasicText.of(basic, columns) : null;
            if (text == null) {
                return null;
            }
            names.add(attribute.getAttributeName());
            types.add(text);
        }
        Class<?> javaType = embeddable.getMappedJavaType().getJavaTypeClass();
        return new TextForm(types, declaredOrder(javaType, names), embeddable::getValues);
    }

    String write(Object value) {
        if (attributes == null) {
            return types.get(0).write(value);
        }
        Object[] values = attributes.apply(value);
        return IntStream.of(order)
                .mapToObj(index -> types.get(index).write(values[index]))
                .map(text -> text.replace("%", "%25").replace(":", "%3A"))
                .collect(Collectors.joining(":"));
    }

    /** Returns the value from which {@link #write} made this text, or its attributes in Hibernate's order. */
    Object[] read(String text) {
        if (attributes == null) {
            return new Object[] {types.get(0).read(text)};
        }
        String[] parts = text.split(":", -1);
        if (parts.length != order.length) {
            throw new IllegalArgumentException("'" + text + "' has " + parts.length + " parts between colons, but "
                    + order.length + " are expected");
        }
        Object[] values = new Object[order.length];
        for (int part = 0; part < order.length; part++) {
            String decoded = parts[part].replace("%3A", ":").replace("%25", "%");
            values[order[part]] = types.get(order[part]).read(decoded);
        }
        return values;
    }

    /** Returns the attributes' positions in declared order, which a reader expects; Hibernate sorts them by name. */
    private static int[] declaredOrder(Class<?> embeddable, List<String> names) {
        List<String> declared = new ArrayList<>();
        for (Class<?> type = embeddable; type != null; type = type.getSuperclass()) {
            int position = 0;
            for (Field field : type.getDeclaredFields()) {
                declared.add(position++, field.getName());
            }
        }
        return IntStream.range(0, names.size())
                .boxed()
                .sorted(Comparator.comparingInt(index -> declared.indexOf(names.get(index))))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
