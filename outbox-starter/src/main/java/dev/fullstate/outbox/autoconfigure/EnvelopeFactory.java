package dev.fullstate.outbox.autoconfigure;

import java.time.Clock;
import java.util.List;

import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.FullStateJsonCustomizer;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.envelope.TraceContext;

/** Creates the envelopes of all persistence units, from the settings that they share. */
record EnvelopeFactory(
        List<FullStateJsonCustomizer> customizers,
        String source,
        DataSize maxPayloadSize,
        TraceContext.Source traces,
        Clock clock) {

    Envelope create(Aggregates aggregates) {
        return new Envelope(aggregates, customizers, source, maxPayloadSize, traces, clock);
    }
}
