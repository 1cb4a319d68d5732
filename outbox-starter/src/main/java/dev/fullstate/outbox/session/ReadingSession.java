package dev.fullstate.outbox.session;

import java.sql.Connection;
import java.util.TimeZone;

import org.hibernate.CacheMode;
import org.hibernate.FlushMode;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/** Opens sessions of our own, which the application never sees (docs/adr/0023). */
public final class ReadingSession {

    private ReadingSession() {}

    /**
     * Opens a session that reads the database past caches and filters, and writes nothing by itself. It is part of the
     * connection's transaction and of no other. It is not a child of another session: a parent keeps a listener for each of its
     * children as long as it lives (docs/adr/0017).
     *
     * @param timeZone of the driver's dates and times; null for its own
     */
    public static SessionImplementor open(
            SessionFactoryImplementor sessionFactory, Connection connection, @Nullable TimeZone timeZone) {
        SessionImplementor session = sessionFactory
                .withOptions()
                .connection(connection)
                .autoJoinTransactions(false)
                .flushMode(FlushMode.MANUAL)
                .initialCacheMode(CacheMode.IGNORE)
                .jdbcTimeZone(timeZone)
                .openSession()
                .unwrap(SessionImplementor.class);
        // Filters that enable themselves too: a filter would leave out parts of states, or hide whole aggregates.
        sessionFactory.getDefinedFilterNames().forEach(session::disableFilter);
        return session;
    }
}
