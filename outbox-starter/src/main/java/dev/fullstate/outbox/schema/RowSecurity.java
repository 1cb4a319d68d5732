package dev.fullstate.outbox.schema;

import java.util.Collection;
import java.util.List;

import org.springframework.jdbc.support.SqlArrayValue;

import dev.fullstate.outbox.store.Outbox;

/** Finds tables of which PostgreSQL shows the application's role only some rows. */
public final class RowSecurity {

    private RowSecurity() {}

    /**
     * Returns the tables on which row-level security is active for the role. A view does not count: it shows what its owner sees.
     *
     * @param outbox in the database with the tables
     * @param tables by their names in statements
     * @throws org.springframework.dao.DataAccessException if the database does not answer
     */
    public static List<String> activeOn(Outbox outbox, Collection<String> tables) {
        return outbox.sql("""
                        select cast(c.oid as regclass)
                          from pg_class as c
                         where c.oid in (select to_regclass(name) from unnest(cast(:tables as text[])) as name)
                           and c.relkind in ('r', 'p') and row_security_active(c.oid)
                         order by 1
                        """)
                .param("tables", new SqlArrayValue("text", tables.toArray()))
                .query(String.class)
                .list();
    }
}
