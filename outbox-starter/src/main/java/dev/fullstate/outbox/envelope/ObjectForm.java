package dev.fullstate.outbox.envelope;

import java.util.List;

import org.hibernate.Hibernate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

import dev.fullstate.outbox.aggregate.Place;

/** Writes an entity or embeddable at one place of a state as an object, with the members of its class (docs/adr/0020). */
final class ObjectForm implements ValueForm {

    private final Place place;

    /** Empty until {@link #resolve}, which is called once, before the form is used: in a tree, a form leads to itself. */
    private Kind[] kinds = {};

    /**
     * A class at this place.
     *
     * @param type the class
     * @param members that are written; none where Jackson writes the class by itself
     * @param form of the class as a whole
     */
    record Kind(Class<?> type, List<Member> members, ValueForm form) {}

    ObjectForm(Place place) {
        this.place = place;
    }

    void resolve(List<Kind> newKinds) {
        this.kinds = newKinds.toArray(Kind[]::new);
    }

    Place place() {
        return place;
    }

    @Override
    public void write(Object value, JsonGenerator generator, SerializationContext context) {
        Object object = Hibernate.unproxy(value);
        kind(object.getClass()).form().write(object, generator, context);
    }

    Kind kind(Class<?> type) {
        if (kinds.length == 1) {
            return kinds[0];
        }
        for (Kind kind : kinds) {
            if (kind.type() == type) {
                return kind;
            }
        }
        throw new IllegalStateException(
                "A " + type.getName() + " is at '" + place.path() + "', where the mapping knows only " + place);
    }

    List<Kind> kinds() {
        return List.of(kinds);
    }
}
