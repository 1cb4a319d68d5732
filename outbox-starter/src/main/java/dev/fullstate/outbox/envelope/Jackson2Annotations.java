package dev.fullstate.outbox.envelope;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.Set;
import java.util.stream.Stream;

import dev.fullstate.outbox.aggregate.AggregateMappingException;

/**
 * Annotations that Jackson 2 has for itself and Jackson 3, which writes the events, passes over without a word. Those of
 * {@code com.fasterxml.jackson.annotation} are of both.
 */
final class Jackson2Annotations {

    private static final String PACKAGE = "com.fasterxml.jackson.databind.annotation.";
    private static final String PACKAGE_OF_JACKSON_3 = "tools.jackson.databind.annotation.";

    /** Those that say how something is written, and not only how it is read. */
    private static final Set<String> WRITING =
            Set.of("JsonSerialize", "JsonNaming", "JsonAppend", "JsonTypeResolver", "JsonTypeIdResolver");

    private Jackson2Annotations() {}

    /**
     * Refuses such an annotation, unless Jackson 3's own stands beside it.
     *
     * @param what the class, or the attribute with its class
     */
    static void refuse(String what, AnnotatedElement element) {
        for (Annotation annotation : element.getAnnotations()) {
            Class<?> type = annotation.annotationType();
            if (type.getName().startsWith(PACKAGE)
                    && WRITING.contains(type.getSimpleName())
                    && !has(element, PACKAGE_OF_JACKSON_3 + type.getSimpleName())) {
                throw new AggregateMappingException(
                        what + ", which belongs to an aggregate with @PublishFullState, is annotated with "
                                + type.getName()
                                + " of Jackson 2; events are written by Jackson 3, which does not see that",
                        "Annotate it with " + PACKAGE_OF_JACKSON_3 + type.getSimpleName()
                                + ", instead or beside, or take the annotation off.");
            }
        }
    }

    private static boolean has(AnnotatedElement element, String annotation) {
        return Stream.of(element.getAnnotations())
                .anyMatch(other -> other.annotationType().getName().equals(annotation));
    }
}
