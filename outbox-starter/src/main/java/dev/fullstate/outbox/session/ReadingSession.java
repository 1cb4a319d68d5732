package dev.fullstate.outbox.session;

import java.sql.Connection;
import java.util.TimeZone;

import org.hibernate.CacheMode;
import org.hibernate.FlushMode;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/** Sessions of our own, which no one else sees. */
public final class ReadingSession {

    private ReadingSession() {}

    /**
     * Opens a session that reads what is in the database, past caches and filters, and writes nothing by itself. It is part of the
     * connection's transaction, and of no other, and a child of no session: a parent keeps a listener of each of its children for
     * as long as it lives.
     *
     * @param timeZone in which the driver takes dates and times; null for its own
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
        // Also those that enable themselves: a filter would thin out states, or hide whole aggregates.
        sessionFactory.getDefinedFilterNames().forEach(session::disableFilter);
        return session;
    }
}
