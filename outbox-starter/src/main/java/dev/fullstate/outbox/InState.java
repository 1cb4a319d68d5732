package dev.fullstate.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Decides whether a persistent attribute is part of the state in events, whatever other annotations say.
 *
 * <p>Without this annotation, an attribute that Jackson's annotations hide from a web interface ({@code @JsonIgnore},
 * {@code @JsonProperty(access = WRITE_ONLY)} and others) is left out of the state too, and a line at start-up names it. With
 * {@code @InState}, the attribute is published; with {@code @InState(false)}, it is left out, and the web interface still shows it.
 */
@Documented
@Target({ElementType.FIELD, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface InState {

    /** Returns true if the attribute is part of the state. */
    boolean value() default true;
}
