package dev.fullstate.outbox.autoconfigure;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.springframework.beans.factory.ObjectProvider;

import dev.fullstate.outbox.envelope.TraceContext;

/** Supplies the current span of Micrometer Tracing as W3C {@code traceparent}. */
final class MicrometerTraceContext implements TraceContext.Source {

    private static final int TRACE_ID_LENGTH = 32;

    private final ObjectProvider<Tracer> tracers;

    MicrometerTraceContext(ObjectProvider<Tracer> tracers) {
        this.tracers = tracers;
    }

    @Override
    public TraceContext get() {
        Tracer tracer = tracers.getIfAvailable();
        Span span = tracer == null ? null : tracer.currentSpan();
        if (span == null || span.context().traceId().isEmpty()) {
            return TraceContext.NONE;
        }
        String traceId = span.context().traceId();
        String padded = "0".repeat(Math.max(0, TRACE_ID_LENGTH - traceId.length())) + traceId;
        String flags = Boolean.TRUE.equals(span.context().sampled()) ? "01" : "00";
        return new TraceContext("00-" + padded + "-" + span.context().spanId() + "-" + flags, null);
    }
}
