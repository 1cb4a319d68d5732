package dev.fullstate.outbox.envelope;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.util.NameTransformer;

import dev.fullstate.outbox.aggregate.MapKey;
import dev.fullstate.outbox.aggregate.Place;
import dev.fullstate.outbox.aggregate.Role;

/**
 * Compiles the tree of a state into forms, once: one for each attribute at each place, with the name that it is written under
 * (docs/adr/0020).
 */
final class Forms {

    private final SerializationContext context;
    private final Ordering ordering;
    private final ValueForms values;

    /** One form per place, added before it is resolved: in a tree, a place leads back to itself. */
    private final Map<Place, ObjectForm> objects = new LinkedHashMap<>();

    /** Places whose form depends on the attribute that leads there, so that it is not the form of the class elsewhere. */
    private final Set<Place> altered = new LinkedHashSet<>();

    private final Map<String, String> leftOut = new LinkedHashMap<>();

    /**
     * The rules that the attribute that leads to a place has for the objects there.
     *
     * @param ignored names of properties that the attribute leaves out
     * @param names renames the members
     */
    record Above(Set<String> ignored, NameTransformer names) {

        static final Above NOTHING = new Above(Set.of(), NameTransformer.NOP);
    }

    /**
     * Creates the forms of one persistence unit's aggregates.
     *
     * @param context of the mapper that writes the aggregates
     * @param json writes a single value in a form
     * @param values makes the forms of values in columns
     */
    Forms(SerializationContext context, BiFunction<ValueForm, Object, String> json, ValueForms values) {
        this.values = values;
        this.context = context;
        this.ordering = new Ordering(json);
    }

    /** Returns the form of a root. */
    ObjectForm of(Place root) {
        return object(root, null, Above.NOTHING);
    }

    /** Returns the attributes that annotations leave out, by their path from the root, with the annotation. */
    Map<String, String> leftOut() {
        return leftOut;
    }

    /** Returns the form of each class for use outside of its places: that of its first place that no attribute above alters. */
    Map<Class<?>, ValueForm> byClass() {
        Map<Class<?>, ValueForm> byClass = new LinkedHashMap<>();
        objects.forEach((place, form) -> {
            if (!altered.contains(place)) {
                place.kinds().forEach(kind -> byClass.putIfAbsent(kind.javaType(), form));
            }
        });
        for (Place place : altered) {
            for (Place.Kind kind : place.kinds()) {
                byClass.computeIfAbsent(kind.javaType(), type -> resolved(new ObjectForm(place), null, Above.NOTHING));
            }
        }
        return byClass;
    }

    /** Returns the form of an entity or embeddable at a place; the same form each time. */
    ObjectForm object(Place place, @Nullable BeanPropertyWriter holder, Above above) {
        ObjectForm known = objects.get(place);
        if (known != null) {
            return known;
        }
        ObjectForm form = new ObjectForm(place);
        objects.put(place, form);
        if (!above.equals(Above.NOTHING)) {
            altered.add(place);
        }
        return resolved(form, holder, above);
    }

    private ObjectForm resolved(ObjectForm form, @Nullable BeanPropertyWriter holder, Above above) {
        Place place = form.place();
        Kinds kinds = Kinds.of(place, holder, context);
        form.resolve(place.kinds().stream()
                .map(kind -> kind(place, kind, kinds, above))
                .toList());
        return form;
    }

    private ObjectForm.Kind kind(Place place, Place.Kind kind, @Nullable Kinds kinds, Above above) {
        Properties properties = Properties.of(kind.javaType(), context);
        if (properties == null) {
            return new ObjectForm.Kind(kind.javaType(), List.of(), new JacksonForm(null, true));
        }
        ClassMembers found = new ClassMembers(this, place, kind, properties, above);
        List<Member> members = Members.of(place, kind.javaType(), found.kind(kinds), found.members());
        found.leftOut().forEach((name, annotation) -> leftOut.put(place.path() + "." + name, annotation));
        return new ObjectForm.Kind(kind.javaType(), members, new MembersForm(members));
    }

    /** Returns the form of an attribute, or of an element of one. */
    ValueForm form(Role role, @Nullable BeanPropertyWriter property, Above below) {
        if (role instanceof Role.Value value) {
            return values.of(value.mapping(), property);
        }
        if (role instanceof Role.Embedded embedded) {
            return object(embedded.place(), property, below);
        }
        if (role instanceof Role.Part part) {
            return object(part.place(), property, below);
        }
        if (role instanceof Role.Reference reference) {
            return new ReferenceForm(reference.target(), form(reference.id(), null, Above.NOTHING));
        }
        if (role instanceof Role.Elements elements) {
            ValueForm element = form(elements.element(), property, below);
            return new ElementsForm(element, order(elements, element));
        }
        if (role instanceof Role.Entries entries && property != null) {
            return new EntriesForm(
                    key(entries.key(), property),
                    entries.sorted() ? null : order(entries.key()),
                    form(entries.value(), property, below));
        }
        throw new IllegalArgumentException(role + " has no form");
    }

    private @Nullable Comparator<@Nullable Object> order(Role.Elements elements, ValueForm element) {
        if (elements.order() == Role.Order.AS_MAPPED) {
            return null;
        }
        return elements.element() instanceof Role.Part part
                ? ordering.byId(part.entity(), form(part.id(), null, Above.NOTHING))
                : ordering.byValue(element);
    }

    private Comparator<@Nullable Object> order(Role.Key key) {
        MapKey text = key.text();
        return text == null ? ordering.byValue(values.of(key.mapping(), null)) : Comparator.comparing(text::text);
    }

    private KeyForm key(Role.Key key, BeanPropertyWriter property) {
        MapKey text = key.text();
        return text == null
                ? values.ofKey(key.mapping(), property)
                : (value, generator, context) -> generator.writeName(text.text(value));
    }
}
