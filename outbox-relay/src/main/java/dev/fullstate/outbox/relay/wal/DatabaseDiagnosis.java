package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.Diagnosis.Level;
import dev.fullstate.outbox.relay.failure.Warning;

/** Looks at everything that a relay needs of the database, and goes on after the first thing that it lacks. Changes nothing. */
public final class DatabaseDiagnosis {

    private static final String OUTBOX = "outbox";

    private final WalSettings settings;
    private final Connections connections;
    private final List<Diagnosis> found = new ArrayList<>();

    private DatabaseDiagnosis(WalSettings settings) {
        this.settings = settings;
        this.connections = new Connections(settings);
    }

    /** Returns what was found, in the order in which it is needed. Never throws because of the database. */
    public static List<Diagnosis> of(WalSettings settings) {
        DatabaseDiagnosis diagnosis = new DatabaseDiagnosis(settings);
        diagnosis.run();
        return diagnosis.found;
    }

    private void run() {
        Connection ordinary = connect();
        if (ordinary == null) {
            return;
        }
        try {
            Catalog catalog = new Catalog(ordinary, settings.publication());
            look("wal_level", () -> walLevel(catalog));
            look("replication", this::replication);
            look("slot", () -> slot(catalog));
            look(OUTBOX, () -> outbox(catalog));
            look("standbys", () -> {
                new Standbys(ordinary, settings).require();
                return "outbox.relay.send-after can be kept";
            });
            if (found.stream().noneMatch(each -> each.subject().equals(OUTBOX) && each.level() == Level.ERROR)) {
                look("parking", () -> parking(ordinary, catalog));
            }
            look("synchronous standby", () -> synchronousStandby(catalog));
            look("free slots", () -> freeSlots(ordinary));
            look("kept WAL", () -> keptWal(ordinary, catalog));
        } finally {
            Connections.close(ordinary);
        }
    }

    private @Nullable Connection connect() {
        try {
            Connection ordinary = connections.ordinary();
            found.add(Diagnosis.ok("database", settings.address() + " is reachable"));
            return ordinary;
        } catch (WalException e) {
            found.add(
                    isPooler(e)
                            ? new Diagnosis(
                                    Level.ERROR,
                                    "database",
                                    String.valueOf(e.getMessage()),
                                    "Set outbox.relay.url to the address of PostgreSQL itself: a pooler such as PgBouncer has no"
                                            + " connections for replication")
                            : Diagnosis.error("database", e));
            return null;
        }
    }

    private static boolean isPooler(WalException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("unsupported startup parameter") || message.contains("pgbouncer");
    }

    /** Adds what a look has found: what it returns, unless it has added something itself and returns null. */
    private void look(String subject, Supplier<@Nullable String> look) {
        try {
            String message = look.get();
            if (message != null) {
                found.add(Diagnosis.ok(subject, message));
            }
        } catch (WalException e) {
            found.add(Diagnosis.error(subject, e));
        }
    }

    private static String walLevel(Catalog catalog) {
        PostgresSource.requireWalLevel(catalog);
        return "wal_level is logical";
    }

    private String replication() {
        Connections.close(connections.replication());
        return "role " + settings.role() + " may replicate";
    }

    private String slot(Catalog catalog) {
        return new OwnSlot(catalog, settings).find().isPresent()
                ? "slot '" + settings.slotName() + "' exists"
                : "slot '" + settings.slotName() + "' is created at the first start";
    }

    private String outbox(Catalog catalog) {
        Publication publication = new OutboxPublication(catalog, settings).require();
        return "publication '" + settings.publication() + "' has "
                + publication.names().text("{outbox}") + ", with all rights to it";
    }

    private @Nullable String parking(Connection ordinary, Catalog catalog) {
        Warning obstacle =
                new PostgresParkingTables(ordinary, catalog.publication().names(), settings).obstacle();
        if (obstacle == null) {
            return "aggregates can be parked, and the pipeline paused";
        }
        found.add(Diagnosis.warning("parking", obstacle.message(), obstacle.remedy()));
        return null;
    }

    private @Nullable String synchronousStandby(Catalog catalog) {
        String names = catalog.setting("synchronous_standby_names");
        if (!names.contains("*")) {
            return "commits do not wait for the relay";
        }
        found.add(Diagnosis.warning(
                "synchronous standby",
                "synchronous_standby_names is '" + names
                        + "': commits wait for the relay, and for ever while none runs",
                "ALTER SYSTEM SET synchronous_standby_names = '...'; -- with the names of the real standbys"));
        return null;
    }

    private @Nullable String freeSlots(Connection ordinary) {
        String sql = """
                select current_setting('max_replication_slots')::integer - (select count(*) from pg_replication_slots),
                       current_setting('max_wal_senders')::integer - (select count(*) from pg_stat_replication),
                       exists (select from pg_replication_slots where slot_name = ?)
                """;
        try (PreparedStatement query = ordinary.prepareStatement(sql)) {
            query.setString(1, settings.slotName());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                int slots = row.getInt(1);
                int senders = row.getInt(2);
                if ((slots > 0 || row.getBoolean(3)) && senders > 0) {
                    return slots + " replication slots and " + senders + " walsenders are free";
                }
                String setting = senders > 0 ? "max_replication_slots" : "max_wal_senders";
                found.add(new Diagnosis(
                        Level.ERROR,
                        "free slots",
                        "all of " + setting + " are in use",
                        "ALTER SYSTEM SET " + setting + " = ...; -- and restart PostgreSQL"));
                return null;
            }
        } catch (SQLException e) {
            throw SqlFailure.of("The replication slots could not be counted", e);
        }
    }

    private @Nullable String keptWal(Connection ordinary, Catalog catalog) {
        String limit = catalog.setting("max_slot_wal_keep_size");
        String idle = setting(ordinary, "idle_replication_slot_timeout");
        if (idle != null && !idle.equals("0")) {
            found.add(Diagnosis.warning(
                    "kept WAL",
                    "idle_replication_slot_timeout is " + idle
                            + ": a slot without a relay for so long is lost, and the relay then publishes from the table",
                    "ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf();"));
            return null;
        }
        if (limit.equals("-1")) {
            found.add(Diagnosis.warning(
                    "kept WAL",
                    "max_slot_wal_keep_size is -1: while no relay runs, the slot keeps WAL until the disk is full",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '...'; SELECT pg_reload_conf(); -- a slot that is lost by it costs a"
                            + " search of the table, and no event"));
            return null;
        }
        return "the slot keeps " + limit + " of WAL at most";
    }

    /** Returns a setting that not every version has. */
    private static @Nullable String setting(Connection ordinary, String name) {
        try (PreparedStatement query = ordinary.prepareStatement("select current_setting(?, true)")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        } catch (SQLException e) {
            throw SqlFailure.of("Setting " + name + " could not be read", e);
        }
    }
}
