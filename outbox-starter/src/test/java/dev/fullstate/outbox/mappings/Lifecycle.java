package dev.fullstate.outbox.mappings;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import jakarta.persistence.EntityManager;

/** The life of an aggregate that is mapped in one of JPA's ways: transactions, each of which has to leave one event. */
final class Lifecycle {

    private final String aggregateType;
    private final String id;
    private final List<Consumer<EntityManager>> before = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    /**
     * One transaction.
     *
     * @param operation of the event that it leaves
     * @param state as JSON; null for a delete
     */
    record Step(String what, Consumer<EntityManager> work, String operation, String state) {}

    private Lifecycle(String aggregateType, String id) {
        this.aggregateType = aggregateType;
        this.id = id;
    }

    /** Begins the life of the aggregate with this type and key. */
    static Lifecycle of(String aggregateType, Object id) {
        return new Lifecycle(aggregateType, String.valueOf(id));
    }

    /** Adds a preparation, of which no event is expected. */
    Lifecycle given(Consumer<EntityManager> work) {
        before.add(work);
        return this;
    }

    /** Adds the creation. States are written with single quotes. */
    Lifecycle create(Consumer<EntityManager> work, String state) {
        return step("create", work, "create", state);
    }

    Lifecycle change(String what, Consumer<EntityManager> work, String state) {
        return step(what, work, "update", state);
    }

    Lifecycle delete(Class<?> type, Object key) {
        steps.add(new Step("delete", em -> em.remove(em.find(type, key)), "delete", null));
        return this;
    }

    private Lifecycle step(String what, Consumer<EntityManager> work, String operation, String state) {
        steps.add(new Step(what, work, operation, state.replace('\'', '"')));
        return this;
    }

    String aggregateType() {
        return aggregateType;
    }

    String id() {
        return id;
    }

    List<Consumer<EntityManager>> before() {
        return before;
    }

    List<Step> steps() {
        return steps;
    }

    /** Returns the name of the test. */
    @Override
    public String toString() {
        return aggregateType;
    }
}
