package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.Diagnosis.Level;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.failure.Wording;

/** Looks at everything that a relay needs of the database, and goes on after the first thing that it lacks. Changes nothing. */
public final class DatabaseDiagnosis {

    private static final String OUTBOX = "outbox";
    /** Longer than any relay should be away. */
    private static final Duration LONG = Duration.ofDays(1);

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
            if (settings.readsTable()) {
                look("source", () -> source(catalog));
            } else {
                look("wal_level", () -> walLevel(catalog));
                look("replication", this::replication);
                look("slot", () -> slot(catalog));
            }
            look(OUTBOX, () -> outbox(catalog));
            look("standbys", () -> {
                new Standbys(ordinary, settings).require();
                return "outbox.relay.send-after can be kept";
            });
            if (found.stream().noneMatch(each -> each.subject().equals(OUTBOX) && each.level() == Level.ERROR)) {
                look("parking", () -> parking(ordinary, catalog));
                look("republish jobs", () -> jobs(ordinary, catalog));
                look("waiting rows", () -> waitingRows(catalog));
            }
            if (!settings.readsTable()) {
                look("synchronous standby", () -> synchronousStandby(catalog));
                look("free slots", () -> freeSlots(ordinary));
                look("kept WAL", () -> {
                    found.addAll(new KeptWal(catalog, settings).find());
                    return null;
                });
            }
            look("server version", () -> serverVersion(catalog));
            look("clocks", () -> {
                found.add(Clocks.compare(catalog));
                return null;
            });
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
            found.add(Diagnosis.error("database", e));
            return null;
        }
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

    private String source(Catalog catalog) {
        return new OwnSlot(catalog, settings).find().isPresent()
                ? "the table is read from the next start on, which drops slot '" + settings.slotName() + "'"
                : "the table is read, and there is no slot";
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
                new PostgresParkingTables(ordinary, catalog.publication().names(), settings).obstacleToAccepting();
        if (obstacle == null) {
            return "aggregates can be parked, and the pipeline paused";
        }
        found.add(Diagnosis.warning("parking", obstacle.message(), obstacle.remedy()));
        return null;
    }

    private @Nullable String jobs(Connection ordinary, Catalog catalog) {
        String grant = new PostgresLosses(ordinary, catalog.publication().names(), settings).missingGrant();
        if (grant == null) {
            return "what a restored database has lost can be republished";
        }
        found.add(Diagnosis.warning(
                "republish jobs",
                "role " + settings.role()
                        + " may not make a job: what a restored database has lost would have to be republished by hand",
                grant));
        return null;
    }

    private @Nullable String waitingRows(Catalog catalog) {
        Duration age;
        try {
            age = catalog.oldestWaiting(settings.slotName()).orElse(null);
        } catch (WalException e) {
            // No relay needs to know.
            found.add(Diagnosis.warning("waiting rows", String.valueOf(e.getMessage()), e.remedy()));
            return null;
        }
        if (age == null) {
            return "no row waits to be published";
        }
        String message = "the oldest row that waits to be published was written " + Wording.of(age) + " ago";
        if (age.compareTo(LONG) < 0) {
            return message;
        }
        found.add(Diagnosis.warning(
                "waiting rows",
                message
                        + ": the retention keeps its day and all later ones, and after a gap the relay needs what Kafka has had since then",
                "Start the relay, or do what its health says; the command status shows how far it is"));
        return null;
    }

    private @Nullable String serverVersion(Catalog catalog) {
        Warning bugs = ServerBugs.of(Integer.parseInt(catalog.setting("server_version_num")))
                .orElse(null);
        if (bugs == null) {
            return "PostgreSQL " + catalog.setting("server_version");
        }
        found.add(Diagnosis.warning("server version", bugs.message(), bugs.remedy()));
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
}
