package dev.fullstate.outbox.autoconfigure;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

import dev.fullstate.outbox.envelope.TraceContext;

import static org.assertj.core.api.Assertions.assertThat;

class MicrometerTraceContextTest {

    private final SimpleTracer tracer = new SimpleTracer();
    private final StaticListableBeanFactory beans = new StaticListableBeanFactory();
    private final TraceContext.Source traces = new MicrometerTraceContext(beans.getBeanProvider(Tracer.class));

    @Test
    void spanOfTheTransactionIsTheTraceParent() {
        beans.addBean("tracer", tracer);
        SimpleSpan span = tracer.nextSpan().start();
        span.context().setTraceId("0af7651916cd43dd8448eb211c80319c");
        span.context().setSpanId("b7ad6b7169203331");
        span.context().setSampled(true);
        try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
            assertThat(scope).isNotNull();
            assertThat(traces.get().traceParent()).isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        }
    }

    @Test
    void shortTraceIdIsPadded() {
        beans.addBean("tracer", tracer);
        SimpleSpan span = tracer.nextSpan().start();
        span.context().setTraceId("8448eb211c80319c");
        span.context().setSpanId("b7ad6b7169203331");
        span.context().setSampled(false);
        try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
            assertThat(scope).isNotNull();
            assertThat(traces.get().traceParent()).isEqualTo("00-00000000000000008448eb211c80319c-b7ad6b7169203331-00");
        }
    }

    @Test
    void outsideOfATraceThereIsNoTraceParent() {
        assertThat(traces.get()).isEqualTo(TraceContext.NONE);
        beans.addBean("tracer", tracer);
        assertThat(traces.get()).isEqualTo(TraceContext.NONE);
    }
}
