package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.hibernate.engine.spi.PersistentAttributeInterceptable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.ser.AnyGetterWriter;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.util.NameTransformer;

import dev.fullstate.outbox.aggregate.AggregateMappingException;
import dev.fullstate.outbox.aggregate.Attribute;
import dev.fullstate.outbox.aggregate.Place;
import dev.fullstate.outbox.aggregate.Role;
import dev.fullstate.outbox.envelope.Forms.Above;

/** Finds the members of a class at a place, in the order of Jackson's properties. */
final class ClassMembers {

    private final Forms forms;
    private final Place.Kind kind;
    private final Properties properties;
    private final Above above;
    private final LeftOut omissions;
    private final Map<String, Attribute> missing = new LinkedHashMap<>();
    private final Map<String, String> leftOut = new LinkedHashMap<>();
    private final List<Member> members = new ArrayList<>();

    /**
     * Finds the members of a class.
     *
     * @param forms of the attributes' values
     * @throws AggregateMappingException for an attribute that is not a property of its own
     */
    ClassMembers(Forms forms, Place place, Place.Kind kind, Properties properties, Above above) {
        this.forms = forms;
        this.kind = kind;
        this.properties = properties;
        this.above = above;
        Jackson2Annotations.refuse(kind.javaType().getName(), kind.javaType());
        this.omissions = new LeftOut(properties, above.ignored());
        kind.attributes().stream()
                .filter(attribute -> !(attribute.role() instanceof Role.Outside))
                .forEach(attribute -> missing.put(attribute.name(), attribute));
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        kind.attributes().forEach(attribute -> attributes.put(attribute.name(), attribute));
        for (BeanPropertyWriter property : properties.all()) {
            Attribute attribute = attribute(attributes, property);
            Member member = attribute == null ? computed(property) : member(attribute, property);
            if (member != null) {
                members.add(member);
            }
        }
        missing.keySet().removeIf(omissions::isOutOfState);
        if (!missing.isEmpty()) {
            throw withoutMember(place, missing.keySet().iterator().next());
        }
    }

    List<Member> members() {
        return members;
    }

    /** Returns the attributes that annotations leave out, with the annotation. */
    Map<String, String> leftOut() {
        return leftOut;
    }

    /** Returns the member that names the object's kind; null if no member has to, or if an attribute does. */
    Member.@Nullable OfKind kind(@Nullable Kinds kinds) {
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

    private @Nullable Member computed(BeanPropertyWriter property) {
        if (!properties.isAsked(property) && !(property instanceof AnyGetterWriter)) {
            return null;
        }
        return new Member.Computed(above.names() == NameTransformer.NOP ? property : property.rename(above.names()));
    }

    private @Nullable Member member(Attribute attribute, BeanPropertyWriter property) {
        if (missing.remove(attribute.name()) == null) {
            return null;
        }
        String omission = omissions.by(attribute.name(), property);
        if (omission != null) {
            leftOut.put(attribute.name(), omission);
            return null;
        }
        for (AnnotatedMember element : properties.members(attribute.name())) {
            Jackson2Annotations.refuse(
                    "Attribute '" + attribute.name() + "' of " + kind.javaType().getName(), element.getAnnotated());
        }
        if (property instanceof AnyGetterWriter) {
            return new Member.Computed(property);
        }
        boolean whole = properties.hasSerializer(property);
        NameTransformer unwrapping = properties.unwrapping(property);
        Place held = object(attribute.role());
        Above below = new Above(properties.ignoredBelow(property), NameTransformer.NOP);
        if (!whole && unwrapping != null && held != null) {
            Above renamed = new Above(below.ignored(), NameTransformer.chainedTransformer(above.names(), unwrapping));
            ObjectForm form = forms.object(held, property, renamed);
            return new Member.Unwrapped(ofAttribute(attribute.name(), attribute, form), form);
        }
        return ofAttribute(
                above.names().transform(name(attribute, property)),
                attribute,
                whole ? new JacksonForm(property, true) : forms.form(attribute.role(), property, below));
    }

    private Member.OfAttribute ofAttribute(String name, Attribute attribute, ValueForm form) {
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

    /**
     * Returns the name of an attribute's member. That of a reference ends with {@code Id}, because it is an id, unless an
     * annotation names it.
     */
    private String name(Attribute attribute, BeanPropertyWriter property) {
        if (properties.isNamed(property)) {
            return property.getName();
        }
        if (attribute.role() instanceof Role.Reference) {
            return properties.name(attribute.name() + "Id", property.getMember());
        }
        boolean several = (attribute.role() instanceof Role.Elements elements
                        && elements.element() instanceof Role.Reference)
                || (attribute.role() instanceof Role.Entries entries && entries.value() instanceof Role.Reference);
        return several ? properties.name(attribute.name() + "Ids", property.getMember()) : property.getName();
    }

    private AggregateMappingException withoutMember(Place place, String attribute) {
        return new AggregateMappingException(
                "Attribute '" + attribute + "' of " + kind.javaType().getName() + ", which is persistent, has no member"
                        + " of its own in the state at '" + place.path() + "': another member has its name, or Jackson"
                        + " does not see it",
                "Give it a name with @JsonProperty(\"...\") that no other member has, or leave it out with @InState(false).");
    }
}
