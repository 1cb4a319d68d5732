package dev.fullstate.outbox.envelope;

import java.util.Comparator;
import java.util.function.BiFunction;

import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Orders elements and keys for which the mapping has no order, so that each reading of a state has the same one. */
final class Ordering {

    private final BiFunction<ValueForm, Object, String> json;

    /**
     * Creates the ordering.
     *
     * @param json writes a single value in a form
     */
    Ordering(BiFunction<ValueForm, Object, String> json) {
        this.json = json;
    }

    /** Orders by value: an object member by member, a reference by its id. */
    Comparator<@Nullable Object> byValue(ValueForm form) {
        if (form instanceof ObjectForm object) {
            return Comparator.nullsFirst((left, right) -> compare(object, left, right));
        }
        return form instanceof ReferenceForm reference
                ? byId(reference.target(), reference.id())
                : Comparator.nullsFirst(new ValueOrder(value -> json.apply(form, value)));
    }

    /** Orders by the ids of entities. */
    Comparator<@Nullable Object> byId(EntityPersister entity, ValueForm id) {
        Comparator<@Nullable Object> ids = byValue(id);
        return Comparator.nullsFirst(
                (left, right) -> ids.compare(ReferenceForm.id(entity, left), ReferenceForm.id(entity, right)));
    }

    private int compare(ObjectForm form, Object left, Object right) {
        if (left.getClass() != right.getClass()) {
            return left.getClass().getName().compareTo(right.getClass().getName());
        }
        for (Member member : form.kind(left.getClass()).members()) {
            int order = member instanceof Member.OfAttribute attribute
                    ? byValue(attribute.form()).compare(attribute.value(left), attribute.value(right))
                    : 0;
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
