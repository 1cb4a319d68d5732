package dev.fullstate.outbox.envelope;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.Set;
import java.util.stream.Stream;

import dev.fullstate.outbox.aggregate.AggregateMappingException;

/**
 * The annotations of Jackson 2 that Jackson 3, which writes the events, silently ignores. Those in {@code
 * com.fasterxml.jackson.annotation} belong to both.
 */
final class Jackson2Annotations {

    private static final String PACKAGE = "com.fasterxml.jackson.databind.annotation.";
    private static final String PACKAGE_OF_JACKSON_3 = "tools.jackson.databind.annotation.";

    /** The annotations that change how a value is written, and not only how it is read. */
    private static final Set<String> WRITING =
            Set.of("JsonSerialize", "JsonNaming", "JsonAppend", "JsonTypeResolver", "JsonTypeIdResolver");

    private Jackson2Annotations() {}

    /**
     * Refuses such an annotation, unless the element also has Jackson 3's.
     *
     * @param what the class, or the attribute with its class, as the message names it
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
                                + " of Jackson 2; Jackson 3, which writes the events, does not see that annotation",
                        "Annotate it with " + PACKAGE_OF_JACKSON_3 + type.getSimpleName()
                                + ", instead or as well, or remove the annotation.");
            }
        }
    }

    private static boolean has(AnnotatedElement element, String annotation) {
        return Stream.of(element.getAnnotations())
                .anyMatch(other -> other.annotationType().getName().equals(annotation));
    }
}
