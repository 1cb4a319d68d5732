package dev.fullstate.outbox.benchmarks.micro;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.AggregateResolver;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.capture.AggregateChange;
import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.envelope.TraceContext;
import dev.fullstate.outbox.test.PostgresServer;

/** Measures the way from a changed aggregate to its event. Hibernate has loaded the aggregate, with its own collections. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls the setup.
public class EnvelopeBenchmark {

    private PostgresServer server;
    private SessionFactory sessionFactory;
    private Session session;
    private Envelope envelope;
    private List<AggregateChange> changes;

    @Setup
    public void load() {
        server = PostgresServer.start();
        sessionFactory = new Configuration()
                .addAnnotatedClass(Order.class)
                .addAnnotatedClass(OrderItem.class)
                .setProperty("hibernate.connection.url", server.jdbcUrl())
                .setProperty("hibernate.connection.username", server.username())
                .setProperty("hibernate.connection.password", server.password())
                .setProperty("hibernate.hbm2ddl.auto", "create")
                .buildSessionFactory();
        Aggregates aggregates = AggregateResolver.resolve(sessionFactory.unwrap(SessionFactoryImplementor.class));
        envelope = new Envelope(
                aggregates,
                List.of(),
                "urn:service:orders",
                DataSize.ofMegabytes(1),
                () -> TraceContext.NONE,
                Clock.systemUTC());
        Aggregate orders = aggregates.all().iterator().next();
        UUID id = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
        sessionFactory.inTransaction(other -> other.persist(new Order(id, Instant.parse("2026-11-21T05:00:00Z"))));
        // The session stays open, as in a transaction: the state is read before it ends.
        session = sessionFactory.openSession();
        Order order = session.find(Order.class, id);
        Hibernate.initialize(order.items());
        changes = List.of(new AggregateChange(
                orders, orders.idText(order.orderId()), Operation.UPDATE, order, orders.version(order)));
    }

    @TearDown
    public void close() {
        session.close();
        sessionFactory.close();
        server.close();
    }

    @Benchmark
    public List<OutboxEvent> envelope() {
        return envelope.changed(changes);
    }
}
