package dev.fullstate.outbox.envelope;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Attribute;
import dev.fullstate.outbox.aggregate.Place;
import dev.fullstate.outbox.aggregate.Role;

/** The order of elements and keys that the mapping gives none, so that each reading of a state has the same. */
final class Ordering {

    private final Comparator<@Nullable Object> values;

    /**
     * Creates it.
     *
     * @param json writes a single value
     */
    Ordering(Function<Object, String> json) {
        this.values = Comparator.nullsFirst(new ValueOrder(json));
    }

    /** The order of elements. */
    Comparator<@Nullable Object> of(Role role) {
        if (role instanceof Role.Part part) {
            return byId(part.entity(), part.id());
        }
        if (role instanceof Role.Reference reference) {
            return byId(reference.target(), reference.id());
        }
        return role instanceof Role.Embedded embedded ? Comparator.nullsFirst(of(embedded.place())) : values;
    }

    /** The order of keys. */
    Comparator<@Nullable Object> of(Role.Key key) {
        var text = key.text();
        return text == null ? values : Comparator.comparing(text::text);
    }

    private Comparator<@Nullable Object> byId(EntityPersister entity, Role id) {
        Comparator<@Nullable Object> ids = of(id);
        return Comparator.nullsFirst(
                (left, right) -> ids.compare(ReferenceForm.id(entity, left), ReferenceForm.id(entity, right)));
    }

    private Comparator<Object> of(Place place) {
        List<Place.Kind> kinds = place.kinds();
        if (kinds.size() == 1) {
            return of(kinds.get(0));
        }
        Comparator<Object> order =
                Comparator.comparing(object -> object.getClass().getName());
        return order.thenComparing((left, right) -> kinds.stream()
                .filter(kind -> kind.javaType() == left.getClass())
                .findFirst()
                .map(kind -> of(kind).compare(left, right))
                .orElse(0));
    }

    private Comparator<Object> of(Place.Kind kind) {
        return kind.attributes().stream()
                .filter(attribute -> !(attribute.role() instanceof Role.Outside))
                .map(this::of)
                .reduce(Comparator::thenComparing)
                .orElseThrow();
    }

    private Comparator<Object> of(Attribute attribute) {
        Comparator<@Nullable Object> order = of(attribute.role());
        return (left, right) ->
                order.compare(attribute.getter().get(left), attribute.getter().get(right));
    }
}
