package dev.fullstate.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a JPA entity as the root of an aggregate whose full state is published after every committed change.
 *
 * <p>A transaction that creates, changes or deletes the aggregate, be it the root, an owned part or a collection, leaves exactly
 * one event for it in the outbox table, written in that same transaction: with its commit the event exists, with its rollback it
 * does not. The event's data is the state that the transaction committed; a delete has none.
 *
 * <p>The root needs an integer {@code @Version} attribute; without one, the application does not start. Bulk statements in HQL,
 * JPQL or criteria on the aggregate are refused by default. Capture does not see changes made with SQL unless {@link
 * FullStateEvents#markChanged} names the aggregates.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface PublishFullState {

    /**
     * Routes the events to a topic: up to 200 letters, digits, dots, underscores and hyphens. By default, the entity's simple
     * name in kebab-case: {@code order-item} for {@code OrderItem}.
     */
    String aggregateType() default "";

    /** CloudEvents {@code type}. By default, the entity's qualified class name. */
    String type() default "";

    /** CloudEvents {@code dataschema}, an absolute URI. By default, none. */
    String dataSchema() default "";
}
