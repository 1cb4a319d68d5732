package dev.fullstate.outbox.aggregate;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * An entity or embeddable at one place of an aggregate: its possible classes there, and the attributes of each. A class has a
 * place for each way that leads to it, because the way decides which attributes are part of the state (docs/adr/0020). Only in a
 * tree, where a way leads back to itself, is the place the same again. Immutable once it is resolved.
 */
public final class Place {

    private final Class<?> javaType;
    private final String path;

    /** Set once, with {@link #kinds}; null if there is only one class. */
    private @Nullable Discriminator discriminator;

    /** Empty until the place is resolved, which happens once; a kind may lead back to the place itself. */
    private List<Kind> kinds = List.of();

    /**
     * A possible class of an entity or embeddable.
     *
     * @param javaType the class
     * @param name tells the class from the others: the value in the discriminator's column if there is one, else the name of the
     *     class
     * @param attributes all that are persistent, whatever their roles
     */
    public record Kind(Class<?> javaType, @Nullable Object name, List<Attribute> attributes) {}

    /**
     * The distinction between the classes of a hierarchy.
     *
     * @param name as the mapping names it
     * @param column that holds it; null if none does
     */
    public record Discriminator(String name, @Nullable String column) {}

    Place(Class<?> javaType, String path) {
        this.javaType = javaType;
        this.path = path;
    }

    void resolve(@Nullable Discriminator newDiscriminator, List<Kind> newKinds) {
        this.discriminator = newDiscriminator;
        this.kinds = List.copyOf(newKinds);
    }

    /** Returns the declared class. */
    public Class<?> javaType() {
        return javaType;
    }

    /** Returns the path from the root to this place, for people: the root's entity, then attributes. */
    public String path() {
        return path;
    }

    /** Returns the distinction between the classes; null if there is only one. */
    public @Nullable Discriminator discriminator() {
        return discriminator;
    }

    /** Returns the concrete classes. */
    public List<Kind> kinds() {
        return kinds;
    }

    /** Describes the tree from here on, with a line for each attribute. */
    public String describe() {
        StringBuilder text = new StringBuilder(path);
        describe(text, "\n  ", new HashSet<>());
        return text.toString();
    }

    private void describe(StringBuilder text, String indent, Set<Place> above) {
        if (!above.add(this)) {
            text.append(" (as above)");
            return;
        }
        for (Kind kind : kinds) {
            String kindIndent = indent;
            if (discriminator != null) {
                text.append(indent).append(discriminator.name()).append(" = ").append(kind.name());
                kindIndent = indent + "  ";
            }
            for (Attribute attribute : kind.attributes()) {
                text.append(kindIndent).append(attribute);
                Place below = below(attribute.role());
                if (below != null) {
                    below.describe(text, kindIndent + "  ", above);
                }
            }
        }
        above.remove(this);
    }

    /** Returns this place and all places below it, including the ids of referenced entities. */
    public Set<Place> all() {
        Set<Place> all = new LinkedHashSet<>();
        collect(all);
        return all;
    }

    private void collect(Set<Place> all) {
        if (all.add(this)) {
            for (Kind kind : kinds) {
                for (Attribute attribute : kind.attributes()) {
                    collect(attribute.role(), all);
                }
            }
        }
    }

    private static void collect(Role role, Set<Place> all) {
        Place below = below(role);
        if (below != null) {
            below.collect(all);
        }
        Role id = id(role);
        if (id != null) {
            collect(id, all);
        }
    }

    private static @Nullable Role id(Role role) {
        if (role instanceof Role.Reference reference) {
            return reference.id();
        }
        if (role instanceof Role.Elements elements) {
            return id(elements.element());
        }
        return role instanceof Role.Entries entries ? id(entries.value()) : null;
    }

    /** Returns the place that a role leads to; null if it leads to none. */
    private static @Nullable Place below(Role role) {
        if (role instanceof Role.Embedded embedded) {
            return embedded.place();
        }
        if (role instanceof Role.Part part) {
            return part.place();
        }
        if (role instanceof Role.Elements elements) {
            return below(elements.element());
        }
        return role instanceof Role.Entries entries ? below(entries.value()) : null;
    }

    @Override
    public String toString() {
        return kinds.stream().map(kind -> kind.javaType().getSimpleName()).collect(Collectors.joining(" or "));
    }
}
