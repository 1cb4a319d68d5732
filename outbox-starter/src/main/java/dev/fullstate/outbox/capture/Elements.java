package dev.fullstate.outbox.capture;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.hibernate.Hibernate;
import org.jspecify.annotations.Nullable;

/** What a persistent collection held when it was last in line with the database. */
final class Elements {

    private Elements() {}

    /**
     * Its elements, or the values of a map; entities instead of their proxies. Proxies that stand for nothing in memory are
     * left out: nothing may be loaded in a flush.
     *
     * @param snapshot as Hibernate keeps it: a list, or a map; null where the collection was not loaded
     */
    static List<Object> of(@Nullable Object snapshot) {
        if (snapshot == null) {
            return List.of();
        }
        Collection<?> elements = snapshot instanceof Collection<?> collection
                ? collection
                : snapshot instanceof Map<?, ?> map ? map.values() : List.of();
        return elements.stream()
                .filter(element -> element != null && Hibernate.isInitialized(element))
                .<Object>map(Hibernate::unproxy)
                .toList();
    }
}
