package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.Map;
import java.util.Random;

import dev.fullstate.outbox.faults.network.Direction;
import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.faults.server.BrokerCluster;
import dev.fullstate.outbox.faults.server.Outbox;

/** The brokers of a random run, and the faults that they have. */
sealed interface Brokers extends AutoCloseable {

    static Brokers start(int count) {
        return count == 1 ? new One() : new Three(BrokerCluster.start());
    }

    /** {@return the properties of a scenario with these brokers} */
    Map<String, String> properties();

    /** {@return a link that can be disturbed: that to the database, or one to a broker} */
    Link either(Link database, Random random);

    /** Stops all bytes on their way to a broker or from it, until {@link #heal()}. */
    void hold(Direction direction);

    void heal();

    /** Ends connections to a broker: by a cut of its link, or by its death. */
    void cut(Outbox outbox, Lasting lasting) throws SQLException;

    /** Kills a broker by SIGKILL, and restarts it after a moment. */
    void kill(Outbox outbox, Lasting lasting) throws SQLException;

    @Override
    void close();

    /** The one broker of all tests, behind a link. */
    record One() implements Brokers {

        @Override
        public Map<String, String> properties() {
            return Map.of();
        }

        @Override
        public Link either(Link database, Random random) {
            return random.nextBoolean() ? database : Servers.BROKER.link();
        }

        @Override
        public void hold(Direction direction) {
            Servers.BROKER.link().hold(direction);
        }

        @Override
        public void heal() {
            Servers.BROKER.link().heal();
        }

        @Override
        public void cut(Outbox outbox, Lasting lasting) {
            Servers.BROKER.link().cut();
        }

        @Override
        public void kill(Outbox outbox, Lasting lasting) {
            Servers.BROKER.kill();
            lasting.between(0, 1_000);
            Servers.BROKER.restart();
        }

        @Override
        public void close() {
            // Other tests need it.
        }
    }

    /** Three brokers without links. Of these dies one on which something depends, and another one takes its place. */
    record Three(BrokerCluster cluster) implements Brokers {

        @Override
        public Map<String, String> properties() {
            return Map.of(Scenario.BROKERS, cluster.bootstrapServers());
        }

        @Override
        public Link either(Link database, Random random) {
            return database;
        }

        @Override
        public void hold(Direction direction) {
            // There is no link.
        }

        @Override
        public void heal() {
            // There is no link.
        }

        @Override
        public void cut(Outbox outbox, Lasting lasting) throws SQLException {
            kill(outbox, lasting);
        }

        @Override
        public void kill(Outbox outbox, Lasting lasting) throws SQLException {
            Random random = lasting.random();
            int victim =
                    switch (random.nextInt(4)) {
                        case 0 -> cluster.leaderOf(outbox.topic());
                        case 1 -> cluster.leaderOf(outbox.name() + ".positions");
                        case 2 -> coordinator(outbox);
                        default -> 1 + random.nextInt(BrokerCluster.SIZE);
                    };
            cluster.kill(victim);
            lasting.between(0, 3_000);
            cluster.restart(victim);
        }

        /** Delivery at least once has no transactions, and so no coordinator. */
        private int coordinator(Outbox outbox) throws SQLException {
            String system = outbox.query("select system_identifier from pg_control_system()");
            try {
                return cluster.coordinatorOf("outbox-relay-" + system + "-" + outbox.name());
            } catch (IllegalStateException none) {
                return cluster.leaderOf(outbox.topic());
            }
        }

        @Override
        public void close() {
            cluster.close();
        }
    }
}
