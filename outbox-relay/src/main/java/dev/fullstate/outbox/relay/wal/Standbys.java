package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.position.Lsn;

/**
 * The effect of a failover to a standby on the events in Kafka. From PostgreSQL 17 on a walsender waits, for a failover slot, until
 * all standbys that {@code synchronized_standby_slots} names have flushed the commit that it is about to send (ADR 27).
 */
final class Standbys {

    private static final Logger log = LoggerFactory.getLogger(Standbys.class);
    private static final int FIRST_WITH_FAILOVER_SLOTS = 170_000;

    /** The slots that a walsender waits for, one that does not exist with its name alone. */
    private static final String AWAITED = """
            (select named.name, slot.slot_type, slot.active_pid, slot.restart_lsn
               from unnest(string_to_array(
                        translate(coalesce(current_setting('synchronized_standby_slots', true), ''), ' "', ''), ',')) named (name)
               left join pg_replication_slots slot on slot.slot_name = named.name) awaited
            """;

    private final Connection connection;
    private final WalSettings settings;
    /** The end of the server's WAL at the last query; null before the first. */
    private @Nullable Lsn asked;

    Standbys(Connection connection, WalSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    /**
     * The server's settings as they are now.
     *
     * @param awaited value of {@code synchronized_standby_slots}
     * @param synchronous value of {@code synchronous_standby_names}
     * @param candidates the physical slots, for a statement to paste
     * @param hasStandby whether a standby is connected or has a slot
     */
    private record Server(int version, String awaited, String synchronous, String candidates, boolean hasStandby) {

        boolean hasFailoverSlots() {
            return version >= FIRST_WITH_FAILOVER_SLOTS;
        }
    }

    private Server server() {
        return one(
                """
                select current_setting('server_version_num')::integer,
                       coalesce(current_setting('synchronized_standby_slots', true), ''),
                       current_setting('synchronous_standby_names'),
                       coalesce((select string_agg(slot_name, ', ' order by slot_name)
                                   from pg_replication_slots where slot_type = 'physical'), '<slots of the standbys>'),
                       exists (select from pg_replication_slots where slot_type = 'physical')
                           or exists (select from pg_stat_replication
                                       where pid not in (select active_pid from pg_replication_slots
                                                          where slot_type = 'logical' and active_pid is not null))
                """,
                row -> new Server(
                        row.getInt(1), row.getString(2), row.getString(3), row.getString(4), row.getBoolean(5)));
    }

    /**
     * Makes sure that the server does what the settings ask for.
     *
     * @throws DatabaseSetupException if events would be sent before the standbys have their commits, although they must not be
     */
    void require() {
        if (settings.sendAfter() == SendAfter.LOCAL_FLUSH) {
            return;
        }
        Server server = server();
        if (!server.hasFailoverSlots()) {
            throw new DatabaseSetupException(
                    "outbox.relay.send-after=synchronized-standbys needs PostgreSQL 17 or later: before, the server keeps no event"
                            + " back until standbys have its commit",
                    "Upgrade PostgreSQL, or set outbox.relay.send-after=local-flush, which may leave events in Kafka whose commits"
                            + " a failover loses",
                    null);
        }
        if (server.awaited().isBlank()) {
            throw new DatabaseSetupException(
                    "outbox.relay.send-after=synchronized-standbys, but synchronized_standby_slots is empty: events would be sent"
                            + " before any standby has their commits",
                    "ALTER SYSTEM SET synchronized_standby_slots = '" + server.candidates()
                            + "'; SELECT pg_reload_conf();",
                    null);
        }
    }

    /** Says in the log what a failover may leave in Kafka that the new primary lacks; nothing where no standby is in sight. */
    void logPromise() {
        String promise = promise();
        if (promise != null) {
            log.info("{}", promise);
        }
    }

    private @Nullable String promise() {
        Server server = server();
        if (server.hasFailoverSlots()
                && settings.failoverSlot()
                && !server.awaited().isBlank()) {
            return "Events are sent once the standbys of synchronized_standby_slots ('" + server.awaited()
                    + "') have their commits: after a failover to one of them Kafka has no event that the new primary lacks. While"
                    + " one of them is away, events wait";
        }
        if (!server.hasStandby() && server.synchronous().isBlank()) {
            return null;
        }
        return "Events are sent once their commits are on this server's own disk"
                + (server.synchronous().isBlank()
                        ? ""
                        : ", and not only when the synchronous standbys ('" + server.synchronous() + "') have them")
                + ": after a failover Kafka may have events whose commits the new primary lacks"
                + (server.hasFailoverSlots() ? ". outbox.relay.send-after=synchronized-standbys rules that out" : "");
    }

    /**
     * Tells whether the standbys that have to be waited for have everything that the server had written at some moment.
     *
     * @param lsn where its WAL ended then
     */
    boolean have(Lsn lsn) {
        return settings.sendAfter() == SendAfter.LOCAL_FLUSH
                || one(
                        "select coalesce(bool_and(coalesce(restart_lsn >= ?::pg_lsn, false)), false)" + " from "
                                + AWAITED,
                        row -> row.getBoolean(1),
                        lsn.toString());
    }

    /**
     * Names the slot that makes the server hold events back, and the reason, if it has done so since the last query; null if it has not.
     *
     * @throws DatabaseSetupException if the server no longer does what the settings ask for
     */
    @Nullable
    String heldBack() {
        require();
        if (!settings.failoverSlot()) {
            return null;
        }
        Lsn before = asked;
        Look look = one(
                """
                        select pg_current_wal_flush_lsn(),
                               (select min(name || case when slot_type is null then ' does not exist'
                                                        when slot_type <> 'physical' then ' is not a standby''s'
                                                        when restart_lsn is null then ' keeps no WAL any more'
                                                        when active_pid is null then ' has no standby connected'
                                                        else ' has a standby that lags behind' end)
                                  from\s""" + AWAITED
                        + " where slot_type is distinct from 'physical' or restart_lsn is null or restart_lsn < ?::pg_lsn)",
                row -> new Look(Lsn.parse(row.getString(1)), row.getString(2)),
                before == null ? Lsn.ZERO.toString() : before.toString());
        asked = look.walEnd();
        return before == null ? null : look.slot();
    }

    /**
     * The standbys' slots at one moment.
     *
     * @param walEnd the end of the server's WAL
     * @param slot one that lacks what the server had written at the moment before, with the reason; null if none does
     */
    private record Look(Lsn walEnd, @Nullable String slot) {}

    private <T extends @Nullable Object> T one(String sql, RowReader<T> reader, String... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return reader.read(row);
            }
        } catch (SQLException e) {
            throw SqlFailure.of("The server could not be asked about its standbys", e);
        }
    }

    private interface RowReader<T extends @Nullable Object> {

        T read(ResultSet row) throws SQLException;
    }
}
