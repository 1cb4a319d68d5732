package dev.fullstate.outbox.aggregate;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.BasicType;
import org.hibernate.type.ComponentType;
import org.hibernate.type.Type;

/**
 * The text form of an entity's identifier: Kafka key, CloudEvents {@code subject} and column {@code aggregateid}.
 *
 * <p>A simple id is its plain text. A composite id is its attributes in declared order, joined by {@code :}, with {@code :}
 * and {@code %} in them percent-encoded.
 */
final class AggregateId {

    private final EntityPersister root;
    private final Type type;
    private final int[] order;

    AggregateId(EntityPersister root) {
        this.root = root;
        this.type = root.getIdentifierType();
        if (!isTextual(type)) {
            throw new AggregateMappingException(
                    "The id of " + root.getEntityName() + " is of type " + type.getName()
                            + ", which has no text form to use as the key of its events",
                    "Use a basic type, or an embeddable of basic types, as the id of an entity with @PublishFullState.");
        }
        this.order = type instanceof ComponentType component ? declaredOrder(component) : new int[0];
    }

    private static boolean isTextual(Type type) {
        if (type instanceof ComponentType component) {
            return List.of(component.getSubtypes()).stream().allMatch(BasicType.class::isInstance);
        }
        return type instanceof BasicType<?>;
    }

    String format(Object id) {
        if (!(type instanceof ComponentType component)) {
            return text(type, id);
        }
        Object[] values = component.getPropertyValues(id);
        return IntStream.of(order)
                .mapToObj(index -> text(component.getSubtypes()[index], values[index]))
                .map(text -> text.replace("%", "%25").replace(":", "%3A"))
                .collect(Collectors.joining(":"));
    }

    /** The id that {@link #format} turned into this text. */
    Object parse(String text) {
        if (!(type instanceof ComponentType component)) {
            return value(type, text);
        }
        String[] parts = text.split(":", -1);
        Object[] values = new Object[order.length];
        for (int part = 0; part < order.length; part++) {
            String decoded = parts[part].replace("%3A", ":").replace("%25", "%");
            values[order[part]] = value(component.getSubtypes()[order[part]], decoded);
        }
        CompositeIdentifierMapping mapping = (CompositeIdentifierMapping) root.getIdentifierMapping();
        return mapping.getMappedIdEmbeddableTypeDescriptor()
                .getRepresentationStrategy()
                .getInstantiator()
                .instantiate(() -> values);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static String text(Type type, Object value) {
        return ((BasicType) type).getJavaTypeDescriptor().toString(value);
    }

    private static Object value(Type type, String text) {
        return ((BasicType<?>) type).getJavaTypeDescriptor().fromString(text);
    }

    /** Hibernate sorts an embeddable's attributes by name; a reader expects them as they are declared. */
    private static int[] declaredOrder(ComponentType component) {
        List<String> declared = new ArrayList<>();
        for (Class<?> type = component.getReturnedClass(); type != null; type = type.getSuperclass()) {
            int position = 0;
            for (Field field : type.getDeclaredFields()) {
                declared.add(position++, field.getName());
            }
        }
        List<String> names = List.of(component.getPropertyNames());
        return IntStream.range(0, names.size())
                .boxed()
                .sorted(Comparator.comparingInt(index -> declared.indexOf(names.get(index))))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
