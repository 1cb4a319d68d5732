package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Origin;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Timeline;
import dev.fullstate.outbox.relay.wal.Facts.Ancestor;
import dev.fullstate.outbox.relay.wal.Facts.Note;
import dev.fullstate.outbox.relay.wal.Facts.Trace;

/** Asks a database what tells it from the one that it was before, under the same name. */
final class DatabaseHistory {

    private static final String UNDEFINED_FILE = "58P01";

    /**
     * A cluster that pg_upgrade has made has another identifier, but the same files and numbers of transactions: the note lies there as its
     * own transaction wrote it, which began after the snapshot. One that came with a dump, or by replication, was written by a transaction of
     * this server; if that has a higher number, too, so have all of this server, and the snapshot shows none of their rows. The column
     * {@code xmin} has the lower 32 bits of the number.
     */
    private static final String NOTE = """
            select snapshot::text,
                   system_identifier = (select system_identifier from pg_control_system())
                       or next - (next - xmin::text::bigint) % 4294967296 >= pg_snapshot_xmax(snapshot)::text::bigint,
                   published_lsn::text
              from {outbox_relay}, (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next) as now
             where pipeline = ?
            """;

    private final Catalog catalog;
    private final Connection replication;
    private final WalSettings settings;

    /** @param replication is for replication, unless the table is read */
    DatabaseHistory(Catalog catalog, Connection replication, WalSettings settings) {
        this.catalog = catalog;
        this.replication = replication;
        this.settings = settings;
    }

    Facts facts(Publication publication, Optional<Slot> slot, @Nullable ResumePoint recorded) {
        OutboxNames names = publication.names();
        long database = catalog.databaseNumber();
        if (recorded != null && recorded.table() != null) {
            requireNoOther(database, recorded.table().database());
        }
        int number = timeline();
        List<Ancestor> ancestors = settings.readsTable() ? List.of() : ancestors(number);
        Timeline timeline = settings.readsTable() && recorded != null
                ? assumed(number, recorded.origin().timeline())
                : new Timeline(number, begin(ancestors));
        return new Facts(
                new Origin(timeline, publication.version(), catalog.serverStart()),
                ancestors,
                catalog.walEnd(),
                slot.map(each -> new Facts.Slot(each.confirmed(), each.lost())).orElse(null),
                lastSequence(names),
                recorded == null || recorded.numbers().newest() == null
                        ? Trace.UNKNOWN
                        : trace(names, recorded.numbers().newest()),
                note(names),
                settings.source(),
                database);
    }

    /** A slot belongs to one database of its server; nothing but its name tells whose a position of the table is. */
    private void requireNoOther(long own, long recorded) {
        String other = recorded == own ? null : catalog.databaseName(recorded).orElse(null);
        if (other != null) {
            throw new DatabaseSetupException(
                    "The position of pipeline '" + settings.slotName() + "' is of database '" + other
                            + "' of this server, and this relay reads '" + catalog.currentDatabase() + "'",
                    "Set outbox.relay.slot-name to a name of its own: all databases of a server share these names",
                    null);
        }
    }

    /** Takes a timeline with the number of a known one for that one: where it begins, only a connection for replication tells. */
    private static Timeline assumed(int number, Timeline known) {
        return known.number() == number ? known : new Timeline(number, Lsn.ZERO);
    }

    /** That of the control file is the one of the last checkpoint, which after a promotion is another. */
    private int timeline() {
        return catalog.query(
                        "select ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer",
                        row -> row.getInt(1))
                .get(0);
    }

    private List<Ancestor> ancestors(int timeline) {
        if (timeline == 1) {
            return List.of();
        }
        try (Statement statement = replication.createStatement();
                ResultSet file = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            file.next();
            return ancestors(file.getString("content"));
        } catch (SQLException e) {
            if (UNDEFINED_FILE.equals(e.getSQLState())) {
                // Files that were put together by hand. The origin of the timeline is then unknown, which is a gap.
                return List.of();
            }
            throw SqlFailure.of("The history of timeline " + timeline + " could not be read", e);
        }
    }

    /** Reads lines of timeline, position and reason, with tabs between (PostgreSQL sources, access/transam/timeline.c). */
    static List<Ancestor> ancestors(String content) {
        List<Ancestor> ancestors = new ArrayList<>();
        for (String line : content.lines().toList()) {
            String[] fields = line.strip().split("\\s+", 3);
            if (fields.length > 1 && !fields[0].startsWith("#")) {
                Timeline timeline = new Timeline(Integer.parseInt(fields[0]), begin(ancestors));
                ancestors.add(new Ancestor(timeline, Lsn.parse(fields[1])));
            }
        }
        return ancestors;
    }

    /** {@return the beginning of the timeline that follows these} */
    private static Lsn begin(List<Ancestor> before) {
        return before.isEmpty() ? Lsn.ZERO : before.get(before.size() - 1).leftAt();
    }

    private long lastSequence(OutboxNames names) {
        return catalog.query(
                        names.sql(
                                "select case when is_called then last_value else last_value - 1 end from {outbox_seq}"),
                        row -> row.getLong(1))
                .get(0);
    }

    /**
     * Looks for the newest published row. It may have been published before queries show it, since the stream is of the WAL: so it is missing
     * only if it is still missing once the transactions that are in progress now have ended, as long as they have time for that.
     */
    private Trace trace(OutboxNames names, Newest newest) {
        Trace trace = look(names, newest);
        if (trace != Trace.MISSING) {
            return trace;
        }
        Transactions transactions = new Transactions(catalog);
        List<String> open = transactions.inProgress();
        if (!Transactions.poll(
                settings.slotCreationTimeout(), () -> Collections.disjoint(open, transactions.inProgress()))) {
            throw new WalException(
                    FailureKind.RETRY,
                    "The newest published row, number " + newest.seq()
                            + ", does not show in the table, and transactions have been in progress for "
                            + settings.slotCreationTimeout().toSeconds() + " s that may show it",
                    "End them, or look for a synchronous standby for which they wait: select * from pg_stat_activity where wait_event ="
                            + " 'SyncRep'",
                    null);
        }
        return look(names, newest);
    }

    private Trace look(OutboxNames names, Newest newest) {
        return catalog.query(
                        names.sql("""
                        select case when exists (select from {outbox} where seq = ?::bigint and id = ?::uuid) then 'THERE'
                                    when exists (select from {outbox} where seq = ?::bigint) then 'REPLACED'
                                    when exists (select from {outbox} where seq < ?::bigint)
                                      or ?::timestamptz > now() - interval '1 day' then 'MISSING'
                                    else 'RETIRED' end
                        """),
                        row -> Trace.valueOf(row.getString(1)),
                        Long.toString(newest.seq()),
                        newest.id().toString(),
                        Long.toString(newest.seq()),
                        Long.toString(newest.seq()),
                        newest.writtenAt().toString())
                .get(0);
    }

    private @Nullable Note note(OutboxNames names) {
        List<Note> notes = catalog.query(
                names.sql(NOTE),
                row -> new Note(row.getString(1), row.getBoolean(2), Lsn.parse(row.getString(3))),
                settings.slotName());
        return notes.isEmpty() ? null : notes.get(0);
    }
}
