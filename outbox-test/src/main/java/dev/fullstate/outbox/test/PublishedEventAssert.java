package dev.fullstate.outbox.test;

import java.util.Objects;

import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** What can be asserted of an event: {@code assertThat(event).isUpdate().hasKey(id)}. */
public final class PublishedEventAssert extends AbstractAssert<PublishedEventAssert, PublishedEvent> {

    private static final String OPERATION = "ce_operation";

    PublishedEventAssert(@Nullable PublishedEvent actual) {
        super(actual, PublishedEventAssert.class);
    }

    /** Its transaction has created the aggregate. */
    public PublishedEventAssert isCreate() {
        return hasHeader(OPERATION, "create");
    }

    /** Its transaction has changed the aggregate; a republished event is one too. */
    public PublishedEventAssert isUpdate() {
        return hasHeader(OPERATION, "update");
    }

    /** Its transaction has deleted the aggregate: the event has no data. */
    public PublishedEventAssert isDelete() {
        hasHeader(OPERATION, "delete");
        if (actual.data() != null) {
            failWithMessage("Expected a delete to have no data but found: %s", actual.data());
        }
        return this;
    }

    /**
     * It is one of this aggregate.
     *
     * @param id as its {@code toString()} says
     */
    public PublishedEventAssert hasKey(Object id) {
        isNotNull();
        if (!id.toString().equals(actual.key())) {
            throw failureWithActualExpected(actual.key(), id, "Expected the key %s but found %s", id, actual.key());
        }
        return this;
    }

    /**
     * The record has this header.
     *
     * @param name as in the record, such as {@code ce_type}
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
