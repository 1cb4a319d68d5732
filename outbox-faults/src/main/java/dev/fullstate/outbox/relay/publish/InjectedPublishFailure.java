package dev.fullstate.outbox.relay.publish;

import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.NullMarked;

/** Makes the exception that a broker without an answer would. In this package because nobody else may make one. */
@NullMarked
public final class InjectedPublishFailure {

    private InjectedPublishFailure() {}

    public static RuntimeException at(String point) {
        return PublishException.of("Injected at " + point, new TimeoutException("no answer"));
    }
}
