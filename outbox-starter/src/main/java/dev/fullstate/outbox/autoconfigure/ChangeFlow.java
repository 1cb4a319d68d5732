package dev.fullstate.outbox.autoconfigure;

import java.util.List;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

import dev.fullstate.outbox.aggregate.AggregateResolver;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.bulk.BulkOperations;
import dev.fullstate.outbox.capture.Capture;
import dev.fullstate.outbox.capture.ChangeSink;
import dev.fullstate.outbox.commit.LastStatement;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.reading.StateReader;
import dev.fullstate.outbox.session.SessionConnection;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.store.OutboxStore;
import dev.fullstate.outbox.store.OutboxStore.Insert;

/**
 * The way of a change, as the diagram in docs/architecture.md has it: capture -> envelope -> store.
 *
 * @param envelopes creates the envelope of each persistence unit
 * @param outboxes prepares the outbox of each database
 * @param capture the settings of capture
 */
record ChangeFlow(EnvelopeFactory envelopes, OutboxPreparation outboxes, OutboxProperties.Capture capture) {

    /**
     * Connects a persistence unit to the outbox in its database. The outbox is created only after the unit's mappings have been
     * accepted.
     *
     * @param name of the entity manager factory's bean
     */
    CapturedUnit connect(
            String name,
            EntityManagerFactory entityManagerFactory,
            SessionFactoryImplementor sessionFactory,
            DataSource dataSource) {
        Aggregates aggregates = AggregateResolver.resolve(sessionFactory);
        StateReader reader = new StateReader(sessionFactory, aggregates, capture.pipelining());
        Envelope envelope = envelopes.create(aggregates);
        Outbox outbox = outboxes.prepare(dataSource);
        outboxes.warnOfHiddenRows(outbox, aggregates, sessionFactory);
        OutboxStore store = new OutboxStore(outbox.names());

        ChangeSink flow = (session, changes) -> {
            List<Insert> inserts = store.inserts(envelope.changed(changes));
            int last = inserts.size() - 1;
            inserts.subList(0, last).forEach(insert -> SessionConnection.run(session, insert::execute));
            write(session, inserts.get(last));
        };
        Capture captured =
                Capture.install(sessionFactory, aggregates, reader, flow, capture.maxAggregatesPerTransaction());
        BulkOperations.watch(sessionFactory, aggregates, capture.bulkOperations());
        return new CapturedUnit(
                name, outbox, entityManagerFactory, sessionFactory, aggregates, reader, envelope, captured);
    }

    private void write(SharedSessionContractImplementor session, Insert last) {
        if (!capture.pipelining() || !LastStatement.leaveToCommit(session, last.sql(), last::bind)) {
            SessionConnection.run(session, last::execute);
        }
    }
}
