package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.springframework.util.Assert;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.republish.CapturedDatabase.Unit;
import dev.fullstate.outbox.session.ReadingSession;

/** The aggregate types of a database, each with the persistence unit that reads and writes its states. */
final class CapturedTypes {

    private final SortedMap<String, CapturedType> byName = new TreeMap<>();

    /**
     * A type with all that it takes to republish it.
     *
     * @param aggregate the captured one
     * @param unit that reads it
     */
    record CapturedType(Aggregate aggregate, Unit unit) {

        /** Opens a session of our own on a connection: settings and filters of the application's sessions stay as they are. */
        SessionImplementor open(Connection connection, int fetchBatchSize) {
            SessionFactoryImplementor sessionFactory = unit.sessionFactory();
            SessionImplementor session = ReadingSession.open(
                    sessionFactory,
                    connection,
                    sessionFactory.getSessionFactoryOptions().getJdbcTimeZone());
            session.setFetchBatchSize(fetchBatchSize);
            return session;
        }
    }

    /** Assigns a type that several units have to the first one. */
    CapturedTypes(Collection<Unit> units) {
        for (Unit unit : units) {
            for (Aggregate aggregate : unit.aggregates().all()) {
                byName.putIfAbsent(aggregate.type(), new CapturedType(aggregate, unit));
            }
        }
    }

    /** Returns the names of the types, in order. */
    Set<String> names() {
        return byName.keySet();
    }

    /** @param name of a type that is captured */
    CapturedType get(String name) {
        CapturedType type = byName.get(name);
        Assert.state(type != null, () -> "Aggregates of type '" + name + "' are not captured");
        return type;
    }
}
