package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.AggregateMappingException;
import dev.fullstate.outbox.aggregate.Attribute.Column;
import dev.fullstate.outbox.aggregate.Place;

/** The members of a class at a place, each name once. */
final class Members {

    private final Map<String, Member> byName = new LinkedHashMap<>();
    private final List<Member> all = new ArrayList<>();
    private final Place place;
    private final Class<?> type;

    private Members(Place place, Class<?> type) {
        this.place = place;
        this.type = type;
    }

    /**
     * Puts the kind before the other members, and leaves out members that would repeat others.
     *
     * @throws AggregateMappingException if two different members have one name
     */
    static List<Member> of(Place place, Class<?> type, Member.@Nullable OfKind kind, List<Member> members) {
        Members checked = new Members(place, type);
        if (kind != null) {
            checked.add(kind);
        }
        members.forEach(checked::add);
        return List.copyOf(checked.all);
    }

    private void add(Member member) {
        boolean more = false;
        for (Member simple : member.simple()) {
            Member other = byName.putIfAbsent(simple.name(), simple);
            if (other == null) {
                more = true;
            } else if (member != simple || !isSame(simple, other)) {
                throw twice(simple, other);
            }
        }
        if (more) {
            all.add(member);
        }
    }

    /** Returns whether both members are in the same columns, so that one of them is enough. */
    static boolean isSame(Member one, Member other) {
        List<String> columns = one.columns().stream().map(Column::name).toList();
        return !columns.isEmpty()
                && columns.equals(other.columns().stream().map(Column::name).toList());
    }

    private AggregateMappingException twice(Member one, Member other) {
        return new AggregateMappingException(
                "The state of " + type.getName() + " at '" + place.path() + "' would have two members '" + one.name()
                        + "': " + other.origin() + " and " + one.origin() + ", which are not in the same column",
                "Give one of them another name with @JsonProperty(\"...\"), leave it out with @InState(false), or, where it is"
                        + " the kind of the entity, name that with @DiscriminatorColumn(name = \"...\") or"
                        + " @JsonTypeInfo(property = \"...\").");
    }
}
