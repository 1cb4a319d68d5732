package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.provider.Arguments;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.RefusingTopics.Refusal;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

/** Orders and invoices, each with a topic that a test may refuse to the relay. */
abstract class RefusedTopicsIntegrationTest {

    static RefusingTopics topics;

    OutboxDatabase database;
    PublishedEvents orders;
    PublishedEvents invoices;

    static Stream<Arguments> refusalsOfEachDelivery() {
        return Stream.of(Delivery.values())
                .flatMap(delivery -> Stream.of(Refusal.values()).map(refusal -> Arguments.of(delivery, refusal)));
    }

    @BeforeAll
    static void startKafka() {
        topics = RefusingTopics.start();
    }

    @AfterAll
    static void stopKafka() {
        topics.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        database = OutboxDatabase.migrated();
        orders = events("order");
        invoices = events("invoice");
    }

    @AfterEach
    void dropDatabase() throws SQLException {
        orders.close();
        invoices.close();
        database.close();
    }

    PublishedEvents events(String type) {
        return PublishedEvents.of(topics.kafka().bootstrapServers(), topic(type));
    }

    String topic(String type) {
        return SteppedRelay.topic(database, type);
    }

    SteppedRelay relay(Delivery delivery) {
        return relay(Source.WAL, delivery);
    }

    SteppedRelay relay(Source source, Delivery delivery) {
        return SteppedRelay.of(source, delivery, database, topics.kafka());
    }

    static OutboxInsert row(String type, String id, String payload) {
        return OutboxInsert.row()
                .with(OutboxTable.AGGREGATE_TYPE, "'" + type + "'")
                .of(id)
                .payload(payload);
    }

    void write(String type, String id, String payload) throws SQLException {
        database.execute(row(type, id, payload));
    }

    static List<String> data(PublishedEvents events) {
        return events.all().stream().map(PublishedEvent::data).toList();
    }

    /** Leaves out repetitions, where they are allowed: the position may lack the last events before a refusal. */
    static List<String> data(PublishedEvents events, Delivery delivery) {
        return delivery == Delivery.EXACTLY_ONCE
                ? data(events)
                : data(events).stream().distinct().toList();
    }

    /** Lets the time pass after which the relay asks whether the topics take events. */
    static void awaitEvents(SteppedRelay relay, PublishedEvents events, int count) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return events.all().size() >= count;
        });
    }

    /** Publishes an event of each type, so that the topics exist, and then refuses those of orders. */
    void refuseOrders(SteppedRelay relay, Refusal refusal) throws Exception {
        relay.stepUntil(RelayState.STREAMING);
        if (refusal != Refusal.CREATE) {
            write("order", "o", "first");
            relay.stepUntil(orders, 1);
        }
        topics.refuse(topic("order"), refusal);
    }

    /** Has a republish job end, which has read all orders. */
    void endJobOfOrders() throws SQLException {
        database.execute("""
                with job as (insert into outbox_job (id, kind, state, requested_by, finished_at)
                             values (gen_random_uuid(), 'republish', 'COMPLETED', 'test', now()) returning id)
                insert into outbox_job_slice (job_id, aggregate_type, pass) select id, 'order', 'DONE' from job
                """);
    }
}
