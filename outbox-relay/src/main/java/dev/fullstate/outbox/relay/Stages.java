package dev.fullstate.outbox.relay;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.WalSource;

/**
 * What a relay is made of, in the order of the flow.
 *
 * @param publisher opens a publisher, which lasts until its first failure
 * @param nanoTime a clock that only goes forward
 */
record Stages(
        RelaySettings settings,
        WalSource source,
        Router router,
        Supplier<Publisher> publisher,
        LongSupplier nanoTime) {}
