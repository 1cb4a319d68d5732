package dev.fullstate.outbox.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

import dev.fullstate.outbox.relay.kafka.SimulatedKafka;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase;

/**
 * Runs the simulated world without chance, and writes a line for each thing that happens: who acts, and what the database, Kafka or a relay
 * does then.
 */
final class NarratedRun {

    private static final int MAX_STEPS = 200;

    private final List<String> lines = new ArrayList<>();
    private final Uneventful random = new Uneventful();
    private final SimulatedKafka kafka = new SimulatedKafka(random);
    private final SimulatedDatabase database = new SimulatedDatabase(
            random,
            row -> kafka.isReadable(Long.toString(row.number())),
            (row, ends) -> ends.stream()
                    .anyMatch(end ->
                            kafka.isBefore(Long.toString(row.number()), end.topic(), end.partition(), end.offset())));
    private final Delivery delivery;
    private String actor = "";
    private int relayCount;
    private long nanos;

    /** Takes the largest choice each time: nothing fails, nothing is late, and all that is under way arrives. */
    private static final class Uneventful implements RandomGenerator {

        /** The next choice; below 0, the largest one. */
        private int next = -1;

        @Override
        public long nextLong() {
            return Long.MAX_VALUE;
        }

        @Override
        public int nextInt(int bound) {
            int choice = next < 0 ? bound - 1 : next;
            next = -1;
            return choice;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }

        @Override
        public boolean nextBoolean() {
            return false;
        }

        @Override
        public double nextDouble() {
            return 1;
        }
    }

    NarratedRun(Delivery delivery) {
        this.delivery = delivery;
        database.narrateTo(happened -> tell("PostgreSQL " + happened));
        kafka.narrateTo(happened -> tell("Kafka " + happened));
    }

    private void tell(String happened) {
        lines.add("%-8s  %s".formatted(actor, happened));
    }

    /** Writes a heading into the transcript. */
    void chapter(String title) {
        lines.add((lines.isEmpty() ? "" : "\n") + "-- " + title);
    }

    /** Has somebody other than a relay act on the database. */
    void inTheDatabase(String who, Runnable what) {
        actor = who;
        what.run();
    }

    /** Has a standby take the place of the primary, whose last transactions it lacks. */
    void promoteWithout(int transactionCount) {
        actor = "failover";
        random.next = transactionCount;
        database.promote();
    }

    SimulatedDatabase database() {
        return database;
    }

    /** Starts a relay; it connects with its first step. */
    Narrated relay() {
        return new Narrated(
                "relay " + ++relayCount,
                new SimulatedRelay(delivery, database, kafka, random, () -> nanos, UnaryOperator.identity()));
    }

    List<String> lines() {
        return lines;
    }

    /** One relay of the run. */
    final class Narrated {

        private final String name;
        private final SimulatedRelay relay;
        private RelayState last = RelayState.STARTING;

        private Narrated(String name, SimulatedRelay relay) {
            this.name = name;
            this.relay = relay;
        }

        /** Takes a step of its loop. */
        void step() {
            actor = name;
            relay.step();
            RelayState state = relay.status().state();
            if (state != last) {
                tell("the relay's state: " + last + " -> " + state);
                last = state;
            }
            nanos += 20_000_000;
        }

        /** Lets its other threads, and the network, do all that is to be done. */
        void runOthers() {
            send();
            relay.commit();
        }

        /** Lets the records arrive that it has sent to Kafka, and nothing else happen. */
        void send() {
            actor = name;
            relay.exchange();
        }

        /** Steps until nothing happens any more. */
        void comeToRest() {
            int quiet = 0;
            for (int i = 0; quiet < 60; i++) {
                int before = lines.size();
                step();
                runOthers();
                quiet = lines.size() == before ? quiet + 1 : 0;
                if (i > MAX_STEPS) {
                    throw new AssertionError("The run does not come to rest: " + lines);
                }
            }
        }

        /** Ends its process at once. */
        void kill() {
            actor = name;
            tell("the relay's process is killed");
            relay.kill();
        }
    }
}
