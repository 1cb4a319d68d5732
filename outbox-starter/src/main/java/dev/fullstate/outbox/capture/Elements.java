package dev.fullstate.outbox.capture;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.hibernate.Hibernate;
import org.jspecify.annotations.Nullable;

/** What an attribute holds, whether it is one thing or many. */
final class Elements {

    private Elements() {}

    /** The elements of a collection, the values of a map, the thing itself; entities instead of their proxies. */
    static List<Object> of(@Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        Collection<?> elements = value instanceof Collection<?> collection
                ? collection
                : value instanceof Map<?, ?> map ? map.values() : List.of(value);
        return elements.stream()
                .filter(element -> element != null)
                .<Object>map(Hibernate::unproxy)
                .toList();
    }
}
