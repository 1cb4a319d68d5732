package dev.fullstate.outbox.envelope;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotationIntrospectorPair;
import tools.jackson.databind.introspect.ObjectIdInfo;

import dev.fullstate.outbox.aggregate.Attribute;
import dev.fullstate.outbox.aggregate.Place;

/**
 * Jackson's annotations without those that decide whether a member is written. For persistent attributes, {@link LeftOut} decides
 * that from the {@linkplain #original() original} annotations, and never by a value or a view.
 */
final class StateAnnotations extends AnnotationIntrospectorPair {

    private static final long serialVersionUID = 1L;

    private final transient Map<Class<?>, Set<String>> attributes = new HashMap<>();
    private final transient Set<Class<?>> classes = new HashSet<>();
    private final transient Set<Class<?>> types = new HashSet<>();

    StateAnnotations(AnnotationIntrospector original, Iterable<Place> places) {
        super(original, AnnotationIntrospector.nopInstance());
        for (Place place : places) {
            for (Place.Kind kind : place.kinds()) {
                kind.attributes().forEach(attribute -> add(kind.javaType(), attribute));
            }
        }
    }

    private void add(Class<?> kind, Attribute attribute) {
        for (Class<?> type = kind; type != null && type != Object.class; type = type.getSuperclass()) {
            classes.add(type);
            attributes.computeIfAbsent(type, absent -> new HashSet<>()).add(attribute.name());
        }
        types.add(attribute.getter().getReturnTypeClass());
    }

    /** Returns the annotations unchanged. */
    AnnotationIntrospector original() {
        return _primary;
    }

    private boolean isPersistent(Annotated annotated) {
        if (!(annotated instanceof AnnotatedMember member)) {
            return false;
        }
        Set<String> names = attributes.get(member.getDeclaringClass());
        return names != null && (names.contains(member.getName()) || names.contains(Properties.nameOf(member)));
    }

    private boolean isOfState(Annotated annotated) {
        return annotated instanceof AnnotatedClass ? classes.contains(annotated.getRawType()) : isPersistent(annotated);
    }

    @Override
    public boolean hasIgnoreMarker(MapperConfig<?> config, AnnotatedMember member) {
        return !isPersistent(member) && super.hasIgnoreMarker(config, member);
    }

    @Override
    public JsonProperty.@Nullable Access findPropertyAccess(MapperConfig<?> config, Annotated annotated) {
        return isPersistent(annotated) ? null : super.findPropertyAccess(config, annotated);
    }

    @Override
    public @Nullable ReferenceProperty findReferenceType(MapperConfig<?> config, AnnotatedMember member) {
        return isPersistent(member) ? null : super.findReferenceType(config, member);
    }

    @Override
    public @Nullable Boolean isTypeId(MapperConfig<?> config, AnnotatedMember member) {
        return isPersistent(member) ? null : super.isTypeId(config, member);
    }

    @Override
    public @Nullable Boolean isIgnorableType(MapperConfig<?> config, AnnotatedClass type) {
        return types.contains(type.getRawType()) ? null : super.isIgnorableType(config, type);
    }

    @Override
    public JsonIgnoreProperties.Value findPropertyIgnoralByName(MapperConfig<?> config, Annotated annotated) {
        return isOfState(annotated)
                ? JsonIgnoreProperties.Value.empty()
                : super.findPropertyIgnoralByName(config, annotated);
    }

    @Override
    public JsonIncludeProperties.Value findPropertyInclusionByName(MapperConfig<?> config, Annotated annotated) {
        return isOfState(annotated)
                ? JsonIncludeProperties.Value.all()
                : super.findPropertyInclusionByName(config, annotated);
    }

    @Override
    public JsonInclude.Value findPropertyInclusion(MapperConfig<?> config, Annotated annotated) {
        boolean ofState = annotated instanceof AnnotatedMember member
                ? classes.contains(member.getDeclaringClass())
                : classes.contains(annotated.getRawType());
        return ofState ? JsonInclude.Value.empty() : super.findPropertyInclusion(config, annotated);
    }

    @Override
    public @Nullable ObjectIdInfo findObjectIdInfo(MapperConfig<?> config, Annotated annotated) {
        return isOfState(annotated) ? null : super.findObjectIdInfo(config, annotated);
    }

    @Override
    public @Nullable Object findFilterId(MapperConfig<?> config, Annotated annotated) {
        return isOfState(annotated) ? null : super.findFilterId(config, annotated);
    }

    @Override
    public Class<?> @Nullable [] findViews(MapperConfig<?> config, Annotated annotated) {
        return null;
    }
}
