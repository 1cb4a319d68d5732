package dev.fullstate.outbox.faults;

import dev.fullstate.outbox.faults.server.Broker;
import dev.fullstate.outbox.faults.server.Database;

/** One PostgreSQL and one broker for all tests; a test that ends one starts it again, and a {@link Scenario} does so for a broker where the test fails before. */
final class Servers {

    static final Database DATABASE = new Database();
    static final Broker BROKER = Broker.start();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            BROKER.close();
            DATABASE.close();
        }));
    }

    private Servers() {}
}
