package dev.fullstate.outbox.envelope;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The W3C trace context of the writing transaction.
 *
 * @param traceParent as in section 3.2 of the W3C recommendation Trace Context; null outside of a trace
 * @param traceState as in section 3.3; null where there is none
 */
public record TraceContext(
        @Nullable String traceParent, @Nullable String traceState) {

    /** Outside of any trace. */
    public static final TraceContext NONE = new TraceContext(null, null);

    /** Supplies the current context. */
    @FunctionalInterface
    public interface Source extends Supplier<TraceContext> {}
}
