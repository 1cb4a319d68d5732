package dev.fullstate.outbox.aggregate;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * An entity or embeddable at one place of an aggregate: which classes it may be of there, and what each of them has. The same
 * class has another place for each way that leads to it, since what is part of the state depends on the way. Only in a tree,
 * where a way leads on to itself, is its place the same again. Immutable, once it is resolved.
 */
public final class Place {

    private final Class<?> javaType;
    private final String path;
    private @Nullable Discriminator discriminator;
    /** Set once, when the place is resolved; it may lead to the place itself. */
    private List<Kind> kinds = List.of();

    /**
     * A class that an entity or embeddable may be of.
     *
     * @param javaType the class
     * @param name what tells it from the others: the value in the discriminator's column where there is one, else the name of
     *     the class
     * @param attributes everything persistent, whatever its role
     */
    public record Kind(Class<?> javaType, @Nullable Object name, List<Attribute> attributes) {}

    /**
     * What tells classes apart.
     *
     * @param name as the mapping names it
     * @param column that has it, if there is one
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

    /** The declared class. */
    public Class<?> javaType() {
        return javaType;
    }

    /** The way from the root to here, for people: the root's entity, then attributes. */
    public String path() {
        return path;
    }

    /** What tells the classes apart; null where there is one only. */
    public @Nullable Discriminator discriminator() {
        return discriminator;
    }

    /** The concrete classes. */
    public List<Kind> kinds() {
        return kinds;
    }

    /** The tree from here on, a line for each attribute. */
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

    /** This place and all to which ways lead from here, ids of what is only referred to among them. */
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

    /** The place to which a role leads, if it does. */
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
