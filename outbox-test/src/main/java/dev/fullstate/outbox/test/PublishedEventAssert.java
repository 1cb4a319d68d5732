package dev.fullstate.outbox.test;

import java.util.Objects;

import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** Assertions on an event: {@code assertThat(event).isUpdate().hasKey(id)}. */
public final class PublishedEventAssert extends AbstractAssert<PublishedEventAssert, PublishedEvent> {

    private static final String OPERATION = "ce_operation";

    PublishedEventAssert(@Nullable PublishedEvent actual) {
        super(actual, PublishedEventAssert.class);
    }

    /** Verifies that the event's transaction has created the aggregate. */
    public PublishedEventAssert isCreate() {
        return hasHeader(OPERATION, "create");
    }

    /** Verifies that the event's transaction has changed the aggregate; a republished event counts as an update too. */
    public PublishedEventAssert isUpdate() {
        return hasHeader(OPERATION, "update");
    }

    /** Verifies that the event's transaction has deleted the aggregate, and that the event has no data. */
    public PublishedEventAssert isDelete() {
        hasHeader(OPERATION, "delete");
        if (actual.data() != null) {
            failWithMessage("Expected a delete to have no data but found: %s", actual.data());
        }
        return this;
    }

    /**
     * Verifies that the event is one of this aggregate.
     *
     * @param id of the aggregate; its {@code toString()} is the key
     */
    public PublishedEventAssert hasKey(Object id) {
        isNotNull();
        if (!id.toString().equals(actual.key())) {
            throw failureWithActualExpected(actual.key(), id, "Expected the key %s but found %s", id, actual.key());
        }
        return this;
    }

    /**
     * Verifies that the record has this header.
     *
     * @param name of the header in the record, such as {@code ce_type}
     */
    public PublishedEventAssert hasHeader(String name, String value) {
        isNotNull();
        String found = actual.headers().get(name);
        if (!Objects.equals(found, value)) {
            throw failureWithActualExpected(
                    found,
                    value,
                    "Expected the header %s=%s but found %s; all headers: %s",
                    name,
                    value,
                    found,
                    actual.headers());
        }
        return this;
    }
}
