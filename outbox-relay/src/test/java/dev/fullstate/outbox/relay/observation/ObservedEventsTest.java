package dev.fullstate.outbox.relay.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.transport.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.Events;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.route.Router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

@ExtendWith(OutputCaptureExtension.class)
class ObservedEventsTest {

    private final AtomicInteger toldCount = new AtomicInteger();
    private final Runnable told = toldCount::incrementAndGet;
    private final RecordedObservations recorded = new RecordedObservations();
    private final ObservedEvents observed = recorded.ofPipeline("orders");

    @Test
    void observationLastsUntilTheEventIsPublished() {
        List<Integer> endedWhenTold = new ArrayList<>();
        Runnable published = observed.observe(
                event(RecordedObservations.SAMPLED), 3, () -> endedWhenTold.add(recorded.ended.size()));
        assertThat(recorded.started).hasSize(1);
        assertThat(recorded.ended).isEmpty();
        published.run();
        assertThat(endedWhenTold).containsExactly(0);
        assertThat(recorded.ended).hasSize(1);
        assertThat(recorded.ended.get(0).getError()).isNull();
    }

    @Test
    void observationHasTheNamesOfOpenTelemetrysConventionsAndNoIdOfAnAggregate() {
        observed.observe(event(RecordedObservations.SAMPLED), 3, told).run();
        PublishObservationContext context = recorded.ended.get(0);
        assertThat(context.getName()).isEqualTo("outbox.relay.publish");
        assertThat(context.getContextualName()).isEqualTo("publish events");
        assertThat(context.getKind()).isEqualTo(Kind.CLIENT);
        assertThat(RecordedObservations.keys(context))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "messaging.system", "kafka",
                        "messaging.operation.name", "publish",
                        "messaging.operation.type", "send",
                        "messaging.destination.name", "events",
                        "messaging.destination.partition.id", "3",
                        "messaging.message.id", "0199f0c4-8a3e-7000-8000-000000000001",
                        "outbox.pipeline", "orders",
                        "outbox.aggregate.type", "order"));
    }

    @Test
    void traceContextOfTheEventIsThatOfTheParent() {
        observed.observe(
                new Router("events", Map.of())
                        .route(Events.with(Map.of(
                                OutboxTable.TRACE_PARENT,
                                RecordedObservations.SAMPLED,
                                OutboxTable.TRACE_STATE,
                                "vendor=1"))),
                3,
                told);
        assertThat(recorded.started.get(0).getCarrier())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("traceparent", RecordedObservations.SAMPLED, "tracestate", "vendor=1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                RecordedObservations.UNSAMPLED,
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
                "no trace context, but as long as one, and with an odd 01"
            })
    void eventWithoutASampledTraceIsNotObserved(String traceParent) {
        assertThat(observed.observe(event(traceParent), 0, told)).isSameAs(told);
        assertThat(recorded.started).isEmpty();
    }

    @Test
    void eventWithoutATraceIsNotObserved() {
        assertThat(observed.observe(new Router("events", Map.of()).route(Events.plain()), 0, told))
                .isSameAs(told);
    }

    @Test
    void withoutARegistryNothingIsObserved() {
        assertThat(ObservedEvents.none().observe(event(RecordedObservations.SAMPLED), 0, told))
                .isSameAs(told);
    }

    @Test
    void eventThatIsGivenUpHasAnErrorAndEndsOnce() {
        Runnable published = observed.observe(event(RecordedObservations.SAMPLED), 0, told);
        IllegalStateException cause = new IllegalStateException("The transaction was aborted");
        observed.giveUp(cause);
        published.run();
        observed.giveUp(new IllegalStateException("Closed"));
        assertThat(recorded.ended).hasSize(1);
        assertThat(recorded.ended.get(0).getError()).isSameAs(cause);
    }

    @Test
    void numberOfObservationsAtATimeIsBounded() {
        List<Runnable> published = new ArrayList<>();
        for (int i = 0; i < 2_048; i++) {
            published.add(observed.observe(event(RecordedObservations.SAMPLED), 0, told));
        }
        assertThat(observed.observe(event(RecordedObservations.SAMPLED), 0, told))
                .isSameAs(told);
        published.get(0).run();
        assertThat(observed.observe(event(RecordedObservations.SAMPLED), 0, told))
                .isNotSameAs(told);
    }

    @Test
    void conventionOfTheApplicationReplacesTheDefault() {
        PublishObservationConvention convention = new DefaultPublishObservationConvention() {

            @Override
            public KeyValues getHighCardinalityKeyValues(PublishObservationContext context) {
                return KeyValues.of("order", context.getAggregateId());
            }
        };
        new PublishObservations(recorded.registry(), convention)
                .ofPipeline("orders")
                .observe(event(RecordedObservations.SAMPLED), 0, told)
                .run();
        assertThat(RecordedObservations.keys(recorded.ended.get(0)))
                .containsEntry("order", "order-1")
                .doesNotContainKey("messaging.message.id");
    }

    static Stream<ObservedEvents> failing() {
        return Stream.of(
                new RecordedObservations() {

                    @Override
                    public void onStart(PublishObservationContext context) {
                        throw new IllegalStateException("The handler cannot start");
                    }
                }.ofPipeline("orders"),
                new RecordedObservations() {

                    @Override
                    public void onStop(PublishObservationContext context) {
                        throw new NoSuchMethodError("The handler does not fit its tracer");
                    }
                }.ofPipeline("orders"),
                new RecordedObservations() {

                    @Override
                    public void onError(PublishObservationContext context) {
                        throw new IllegalStateException("The handler cannot take the error");
                    }
                }.ofPipeline("orders"),
                new PublishObservations(
                                new RecordedObservations().registry(), new DefaultPublishObservationConvention() {

                                    @Override
                                    public KeyValues getLowCardinalityKeyValues(PublishObservationContext context) {
                                        return KeyValues.of("region", Objects.requireNonNull(null, "region"));
                                    }
                                })
                        .ofPipeline("orders"));
    }

    @ParameterizedTest
    @MethodSource("failing")
    void handlerOrConventionThatFailsIsLoggedOnceAndKeepsNoEventFromBeingPublished(
            ObservedEvents failing, CapturedOutput output) {
        for (int i = 0; i < 100; i++) {
            failing.observe(event(RecordedObservations.SAMPLED), 0, told).run();
            failing.observe(event(RecordedObservations.SAMPLED), 0, told);
            assertThatCode(() -> failing.giveUp(new IllegalStateException("Aborted")))
                    .doesNotThrowAnyException();
        }
        assertThat(toldCount).hasValue(100);
        assertThat(output.getAll().split("has failed. Events of pipeline 'orders'", -1))
                .hasSize(2);
        assertThat(output).contains("management.observations.enable.outbox.relay.publish=false");
    }

    @Test
    void observationEndsAlsoWhereAHandlerCannotTakeItsError() {
        RecordedObservations unfit = new RecordedObservations() {

            @Override
            public void onError(PublishObservationContext context) {
                throw new IllegalStateException("The handler cannot take the error");
            }
        };
        ObservedEvents events = unfit.ofPipeline("orders");
        events.observe(event(RecordedObservations.SAMPLED), 0, told);
        events.giveUp(new IllegalStateException("Aborted"));
        assertThat(unfit.ended).hasSize(1);
    }

    private static RoutedEvent event(String traceParent) {
        return RecordedObservations.event(traceParent);
    }
}
