package dev.fullstate.outbox.relay;

import java.util.function.UnaryOperator;

import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.Publisher;

/** A prepared publisher whose publisher the test changes. */
record AdaptedPublisher(PreparedPublisher target, UnaryOperator<Publisher> adapt) implements PreparedPublisher {

    @Override
    public void keepUp() {
        target.keepUp();
    }

    @Override
    public Publisher takeOver() {
        return adapt.apply(target.takeOver());
    }

    @Override
    public void close() {
        target.close();
    }
}
