package dev.fullstate.outbox.envelope;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.data.annotation.LastModifiedDate;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.PublishFullState;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.capture.AggregateChange;
import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.contract.OutboxEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The time of a republished event is that of the last modification, as far as an event can have it. */
class LastModifiedTest {

    @Entity
    @PublishFullState(type = "com.example.document")
    static class Document {

        @Id
        long id = 7;

        @LastModifiedDate
        Instant changedAt;

        @Version
        long version;

        Document(Instant changedAt) {
            this.changedAt = changedAt;
        }

        Document() {}
    }

    private static OutboxEvent republished(Instant lastModified) {
        try (States states = States.of(Document.class)) {
            Envelope envelope = new Envelope(
                    states.aggregates(),
                    List.of(),
                    "/test",
                    DataSize.ofMegabytes(1),
                    () -> TraceContext.NONE,
                    Clock.systemUTC());
            Aggregate aggregate = states.aggregates()
                    .rootedAt(states.sessionFactory().getMappingMetamodel().getEntityDescriptor(Document.class));
            AggregateChange state =
                    new AggregateChange(aggregate, "7", Operation.UPDATE, new Document(lastModified), 1L);
            return envelope.republished(List.of(state), UUID.randomUUID()).get(0);
        }
    }

    @Test
    void lastModificationIsTheTimeOfTheEvent() {
        Instant time = Instant.parse("9999-12-31T23:59:59Z");
        assertThat(republished(time).time()).isEqualTo(time);
        assertThat(republished(null).time()).isNull();
    }

    /** Among them what the driver makes of infinity. */
    static Stream<Instant> impossible() {
        return Stream.of(
                Instant.MIN,
                OffsetDateTime.MIN.toInstant(),
                Instant.parse("0000-12-31T23:59:59Z"),
                Instant.parse("+10000-01-01T00:00:00Z"),
                OffsetDateTime.MAX.toInstant(),
                Instant.MAX);
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void timeThatNoEventCanHaveIsRefusedWithTheAggregateAndTheAttribute(Instant time) {
        assertThatExceptionOfType(OutboxException.class)
                .isThrownBy(() -> republished(time))
                .withMessageContaining("document 7")
                .withMessageContaining("'changedAt'")
                .withMessageContaining("years 1 to 9999. Correct the value");
    }
}
