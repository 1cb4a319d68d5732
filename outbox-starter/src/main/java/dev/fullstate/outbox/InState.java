package dev.fullstate.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says whether a persistent attribute is part of the state that events carry, whatever other annotations say.
 *
 * <p>Without it, an attribute that Jackson's annotations hide from a web interface ({@code @JsonIgnore},
 * {@code @JsonProperty(access = WRITE_ONLY)} and others) is left out of the state too, and the start says so. With it the
 * attribute is published all the same; with {@code @InState(false)} it is left out, and the web interface still shows it.
 */
@Documented
@Target({ElementType.FIELD, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface InState {

    /** Whether the attribute is part of the state. */
    boolean value() default true;
}
