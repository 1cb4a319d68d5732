package dev.fullstate.outbox.envelope;

import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty.Access;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.AnnotationIntrospector.ReferenceProperty;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.ser.BeanPropertyWriter;

import dev.fullstate.outbox.InState;

/**
 * Decides which persistent attributes are left out of the state, and names the annotation. An attribute that an annotation hides
 * from a web interface may be a secret, so it is hidden from consumers too, unless {@link InState} publishes it.
 */
final class LeftOut {

    private final Properties properties;
    private final SerializationConfig config;
    private final AnnotationIntrospector annotations;
    private final Set<String> ignoredFromAbove;

    /**
     * Creates the rules for a class at one place.
     *
     * @param ignoredFromAbove names of properties that the attribute that leads to the place leaves out
     */
    LeftOut(Properties properties, Set<String> ignoredFromAbove) {
        this.properties = properties;
        this.config = properties.config();
        this.annotations = properties.original();
        this.ignoredFromAbove = ignoredFromAbove;
    }

    /** Returns whether an attribute's own annotation keeps it out of the state. */
    boolean isOutOfState(String attribute) {
        return properties.members(attribute).stream()
                .map(member -> member.getAnnotation(InState.class))
                .anyMatch(inState -> inState != null && !inState.value());
    }

    /** Returns the annotation that leaves an attribute out; null if none does. */
    @Nullable
    String by(String attribute, BeanPropertyWriter property) {
        List<AnnotatedMember> members = properties.members(attribute);
        for (AnnotatedMember member : members) {
            InState inState = member.getAnnotation(InState.class);
            if (inState != null) {
                return inState.value() ? null : "@InState(false)";
            }
        }
        if (isIgnored(members)) {
            return "@JsonIgnore";
        }
        for (AnnotatedMember member : members) {
            if (annotations.findPropertyAccess(config, member) == Access.WRITE_ONLY) {
                return "@JsonProperty(access = WRITE_ONLY)";
            }
            ReferenceProperty reference = annotations.findReferenceType(config, member);
            if (reference != null && reference.isBackReference()) {
                return "@JsonBackReference";
            }
        }
        return byName(property.getName(), property);
    }

    private @Nullable String byName(String name, BeanPropertyWriter property) {
        if (ignoredFromAbove.contains(name)) {
            return "@JsonIgnoreProperties of the attribute that holds it";
        }
        if (annotations
                .findPropertyIgnoralByName(config, properties.type())
                .findIgnoredForSerialization()
                .contains(name)) {
            return "@JsonIgnoreProperties";
        }
        Set<String> included = annotations
                .findPropertyInclusionByName(config, properties.type())
                .getIncluded();
        if (included != null && !included.contains(name)) {
            return "@JsonIncludeProperties";
        }
        var valueType = config.classIntrospectorInstance().introspectClassAnnotations(property.getType());
        return Boolean.TRUE.equals(annotations.isIgnorableType(config, valueType)) ? "@JsonIgnoreType" : null;
    }

    /** Decides as Jackson does: one marker is enough, unless another of the attribute's members declares it a property. */
    private boolean isIgnored(List<AnnotatedMember> members) {
        boolean marked = members.stream().anyMatch(member -> annotations.hasIgnoreMarker(config, member));
        return marked
                && members.stream()
                        .noneMatch(member -> !annotations.hasIgnoreMarker(config, member)
                                && annotations.findNameForSerialization(config, member) != null);
    }
}
