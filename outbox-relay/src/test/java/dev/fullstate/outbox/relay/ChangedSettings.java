package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.Supplier;

import dev.fullstate.outbox.relay.wal.ConnectionDetails;
import dev.fullstate.outbox.relay.wal.SendAfter;
import dev.fullstate.outbox.relay.wal.WalSettings;

/** Copies the settings of a database with some of them changed, for a test that needs a relay to be different in one respect. */
final class ChangedSettings {

    private final WalSettings original;
    private boolean failoverSlot;
    private SendAfter sendAfter;
    private Supplier<ConnectionDetails> database;
    private String publication;
    private String slotName;
    private Duration connectTimeout;
    private Duration queryTimeout;
    private Duration slotCreationTimeout;
    private Duration walSenderTimeout;

    private ChangedSettings(WalSettings original) {
        this.original = original;
        this.failoverSlot = original.failoverSlot();
        this.sendAfter = original.sendAfter();
        this.database = original.database();
        this.publication = original.publication();
        this.slotName = original.slotName();
        this.connectTimeout = original.connectTimeout();
        this.queryTimeout = original.queryTimeout();
        this.slotCreationTimeout = original.slotCreationTimeout();
        this.walSenderTimeout = original.walSenderTimeout();
    }

    static ChangedSettings of(WalSettings original) {
        return new ChangedSettings(original);
    }

    ChangedSettings database(ConnectionDetails details) {
        database = () -> details;
        return this;
    }

    /** Has something done each time that the relay connects. */
    ChangedSettings whenConnecting(Runnable action) {
        Supplier<ConnectionDetails> before = database;
        database = () -> {
            action.run();
            return before.get();
        };
        return this;
    }

    ChangedSettings url(String url) {
        ConnectionDetails before = database.get();
        return database(new ConnectionDetails(url, before.username(), before.password(), before.driverProperties()));
    }

    ChangedSettings port(int from, int to) {
        return url(database.get().url().replace(":" + from + "/", ":" + to + "/"));
    }

    ChangedSettings role(String name, String password) {
        ConnectionDetails before = database.get();
        return database(new ConnectionDetails(before.url(), name, password, before.driverProperties()));
    }

    ChangedSettings publication(String name) {
        publication = name;
        return this;
    }

    ChangedSettings slotName(String name) {
        slotName = name;
        return this;
    }

    ChangedSettings connectTimeout(Duration timeout) {
        connectTimeout = timeout;
        return this;
    }

    ChangedSettings queryTimeout(Duration timeout) {
        queryTimeout = timeout;
        return this;
    }

    ChangedSettings slotCreationTimeout(Duration timeout) {
        slotCreationTimeout = timeout;
        return this;
    }

    ChangedSettings walSenderTimeout(Duration timeout) {
        walSenderTimeout = timeout;
        return this;
    }

    ChangedSettings failoverSlot(boolean wanted) {
        failoverSlot = wanted;
        return this;
    }

    ChangedSettings sendAfter(SendAfter condition) {
        sendAfter = condition;
        return this;
    }

    WalSettings settings() {
        return new WalSettings(
                database,
                publication,
                slotName,
                connectTimeout,
                queryTimeout,
                slotCreationTimeout,
                walSenderTimeout,
                failoverSlot,
                sendAfter,
                original.source());
    }
}
