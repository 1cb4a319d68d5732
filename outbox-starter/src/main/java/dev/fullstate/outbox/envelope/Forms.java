package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.hibernate.engine.spi.PersistentAttributeInterceptable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.AnyGetterWriter;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.util.NameTransformer;

import dev.fullstate.outbox.aggregate.Attribute;
import dev.fullstate.outbox.aggregate.MapKey;
import dev.fullstate.outbox.aggregate.Place;
import dev.fullstate.outbox.aggregate.Role;

/** Turns the tree of a state into forms, once: what is written for each attribute at each place, and under which name. */
final class Forms {

    private final SerializationContext context;
    private final Ordering ordering;
    private final Map<Place, ObjectForm> objects = new LinkedHashMap<>();
    private final Map<String, String> leftOut = new LinkedHashMap<>();

    /**
     * What the attribute that leads to a place says of what it holds.
     *
     * @param ignored names of properties that it leaves out
     * @param names renames members
     */
    private record Above(Set<String> ignored, NameTransformer names) {

        static final Above NOTHING = new Above(Set.of(), NameTransformer.NOP);
    }

    /**
     * Creates the forms of one persistence unit's aggregates.
     *
     * @param context of the mapper that writes them
     * @param json writes a single value
     */
    Forms(SerializationContext context, Function<Object, String> json) {
        this.context = context;
        this.ordering = new Ordering(json);
    }

    /** The form of a root. */
    ObjectForm of(Place root) {
        return object(root, null, Above.NOTHING);
    }

    /** Attributes that annotations leave out, by their way from the root, with the annotation. */
    Map<String, String> leftOut() {
        return leftOut;
    }

    /** All forms so far, in the order in which the walk came to them. */
    Map<Class<?>, ObjectForm> byClass() {
        Map<Class<?>, ObjectForm> byClass = new LinkedHashMap<>();
        objects.forEach((place, form) -> place.kinds().forEach(kind -> byClass.putIfAbsent(kind.javaType(), form)));
        return byClass;
    }

    private ObjectForm object(Place place, @Nullable BeanPropertyWriter holder, Above above) {
        ObjectForm known = objects.get(place);
        if (known != null) {
            return known;
        }
        ObjectForm form = new ObjectForm(place);
        objects.put(place, form);
        Kinds kinds = Kinds.of(place, holder, context);
        form.resolve(place.kinds().stream()
                .map(kind -> kind(place, kind, kinds, above))
                .toList());
        return form;
    }

    private ObjectForm.Kind kind(Place place, Place.Kind kind, @Nullable Kinds kinds, Above above) {
        Class<?> type = kind.javaType();
        Properties properties = Properties.of(type, context);
        if (properties == null) {
            return new ObjectForm.Kind(type, List.of(), new JacksonForm(null, true));
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        kind.attributes().forEach(attribute -> attributes.put(attribute.name(), attribute));
        LeftOut omissions = new LeftOut(properties, above.ignored());
        List<Member> members = new ArrayList<>();
        for (BeanPropertyWriter property : properties.all()) {
            Attribute attribute = attribute(attributes, property);
            Member member = attribute == null
                    ? computed(property, properties, above)
                    : member(kind, attribute, property, properties, omissions, above, place);
            if (member != null) {
                members.add(member);
            }
        }
        List<Member> all = Members.of(place, type, kindMember(kind, kinds, properties, members), members);
        return new ObjectForm.Kind(type, all, new MembersForm(all));
    }

    /** Not where an attribute has the discriminator's column anyway, and no annotation asks for more. */
    private static Member.@Nullable OfKind kindMember(
            Place.Kind kind, @Nullable Kinds kinds, Properties properties, List<Member> members) {
        if (kinds == null) {
            return null;
        }
        Member.OfKind member = kinds.member(kind, properties);
        boolean written = members.stream()
                .anyMatch(other -> kinds.isAnnotated()
                        ? other.name().equals(member.name()) && (kinds.isExisting() || Members.isSame(member, other))
                        : Members.isSame(member, other));
        return written ? null : member;
    }

    private static @Nullable Attribute attribute(Map<String, Attribute> attributes, BeanPropertyWriter property) {
        Attribute attribute = attributes.get(property.getMember().getName());
        return attribute == null ? attributes.get(Properties.nameOf(property.getMember())) : attribute;
    }

    private static @Nullable Member computed(BeanPropertyWriter property, Properties properties, Above above) {
        return properties.isNamed(property) || property instanceof AnyGetterWriter
                ? new Member.Computed(above.names() == NameTransformer.NOP ? property : property.rename(above.names()))
                : null;
    }

    private @Nullable Member member(
            Place.Kind kind,
            Attribute attribute,
            BeanPropertyWriter property,
            Properties properties,
            LeftOut omissions,
            Above above,
            Place place) {
        if (attribute.role() instanceof Role.Outside) {
            return null;
        }
        String omission = omissions.by(attribute.name(), property);
        if (omission != null) {
            leftOut.put(place.path() + "." + attribute.name(), omission);
            return null;
        }
        if (property instanceof AnyGetterWriter) {
            return new Member.Computed(property);
        }
        NameTransformer unwrapping = properties.unwrapping(property);
        boolean whole = properties.hasSerializer(property);
        Above below = new Above(properties.ignoredBelow(property), NameTransformer.NOP);
        Place held = object(attribute.role());
        if (!whole && unwrapping != null && held != null) {
            ObjectForm form = object(
                    held,
                    property,
                    new Above(below.ignored(), NameTransformer.chainedTransformer(above.names(), unwrapping)));
            return new Member.Unwrapped(ofAttribute(attribute.name(), kind, attribute, form), form);
        }
        String name = above.names().transform(name(attribute, property, properties));
        ValueForm form = whole ? new JacksonForm(property, true) : form(attribute.role(), property, below);
        return ofAttribute(name, kind, attribute, form);
    }

    private static Member.OfAttribute ofAttribute(String name, Place.Kind kind, Attribute attribute, ValueForm form) {
        return new Member.OfAttribute(
                new SerializedString(name),
                attribute.name(),
                attribute.getter(),
                PersistentAttributeInterceptable.class.isAssignableFrom(kind.javaType()),
                attribute.columns(),
                form);
    }

    private static @Nullable Place object(Role role) {
        if (role instanceof Role.Embedded embedded) {
            return embedded.place();
        }
        return role instanceof Role.Part part ? part.place() : null;
    }

    /** A reference is an id, and says so in its name, unless it has been given one. */
    private static String name(Attribute attribute, BeanPropertyWriter property, Properties properties) {
        if (!properties.isNamed(property)) {
            if (attribute.role() instanceof Role.Reference) {
                return properties.name(attribute.name() + "Id", property.getMember());
            }
            if ((attribute.role() instanceof Role.Elements elements && elements.element() instanceof Role.Reference)
                    || (attribute.role() instanceof Role.Entries entries
                            && entries.value() instanceof Role.Reference)) {
                return properties.name(attribute.name() + "Ids", property.getMember());
            }
        }
        return property.getName();
    }

    private ValueForm form(Role role, @Nullable BeanPropertyWriter property, Above below) {
        if (role instanceof Role.Value value) {
            return ValueForms.of(value.mapping(), property);
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
            return new ElementsForm(
                    form(elements.element(), property, below),
                    elements.order() == Role.Order.AS_MAPPED ? null : ordering.of(elements.element()));
        }
        if (role instanceof Role.Entries entries && property != null) {
            return new EntriesForm(
                    key(entries.key(), property),
                    entries.sorted() ? null : ordering.of(entries.key()),
                    form(entries.value(), property, below));
        }
        throw new IllegalArgumentException(role + " has no form");
    }

    private static KeyForm key(Role.Key key, BeanPropertyWriter property) {
        MapKey text = key.text();
        return text == null
                ? ValueForms.ofKey(key.mapping(), property)
                : (value, generator, context) -> generator.writeName(text.text(value));
    }
}
