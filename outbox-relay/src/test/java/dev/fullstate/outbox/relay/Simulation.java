package dev.fullstate.outbox.relay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.kafka.SimulatedKafka;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase.Row;

/**
 * Runs one schedule: the real loop of two relays between a database and a broker in memory, in virtual time, with writers, delays, failures
 * and deaths as the seed decides (ADR 14). The database is the oracle.
 */
final class Simulation {

    private static final int RELAYS = 2;
    private static final int MAX_QUIET_ROUNDS = 3_000;

    private final SplittableRandom random;
    private final Delivery delivery;
    private final UnaryOperator<Publisher> publishers;
    private final SimulatedKafka kafka;
    private final SimulatedDatabase database;
    private final List<SimulatedRelay> relays = new ArrayList<>();
    private final Map<Happening, Integer> happened = new EnumMap<>(Happening.class);
    private @Nullable SimulatedRelay stopping;
    private @Nullable Lsn recorded;
    private final boolean calm;
    private long nanos;

    /** The things that can happen between two steps of a relay; the last two are acts of the relays themselves. */
    enum Happening {
        WRITE,
        WRITE_ELSEWHERE,
        OTHER_THREADS,
        TIME,
        SESSIONS_TERMINATED,
        TRANSACTIONS_EXPIRED,
        KILLED,
        STOPPED,
        PUBLICATION_CHANGED,
        SLOT_CHANGED,
        STANDBY_PROMOTED,
        FILES_RESTORED,
        MOVED,
        TAKEN_FROM_A_SILENT_ONE,
        JOB_END_NOTED
    }

    Simulation(long seed, Delivery delivery, UnaryOperator<Publisher> publishers) {
        this.random = new SplittableRandom(seed);
        this.calm = random.nextBoolean();
        this.delivery = delivery;
        this.publishers = publishers;
        this.kafka = new SimulatedKafka(random);
        this.database = new SimulatedDatabase(
                random,
                row -> kafka.isReadable(Long.toString(row.number())),
                (row, ends) -> ends.stream()
                        .anyMatch(end -> kafka.isBefore(
                                Long.toString(row.number()), end.topic(), end.partition(), end.offset())));
        for (int i = 0; i < RELAYS; i++) {
            relays.add(relay());
        }
    }

    private SimulatedRelay relay() {
        return new SimulatedRelay(delivery, database, kafka, random, this::nanoTime, publishers);
    }

    /** Returns the time; a thread that asks for it may have waited for something while others went on. */
    private long nanoTime() {
        nanos += random.nextInt(8) == 0 ? 500_000 : 50_000;
        SimulatedRelay relay = stopping;
        if (relay != null) {
            relay.runOthers();
        }
        return nanos;
    }

    /**
     * Runs that many steps, then lets everything come to rest.
     *
     * @throws AssertionError if published and committed events differ, or the relays never come to rest
     */
    void run(int stepCount) {
        double faultRate = random.nextInt(3) == 0 ? 0 : 0.02 * random.nextDouble();
        kafka.faultRate(faultRate);
        database.faultRate(faultRate);
        for (int i = 0; i < stepCount; i++) {
            happen();
            relays.get(random.nextInt(RELAYS)).step();
            requireRecorded();
        }
        comeToRest();
        check();
        if (faultRate == 0 && kafka.earlyCount() > 0) {
            throw new AssertionError(
                    "Transactions began before the markers of the one before were written: " + kafka.earlyCount());
        }
        happened.put(Happening.TAKEN_FROM_A_SILENT_ONE, database.terminatedCount());
        happened.put(Happening.JOB_END_NOTED, database.notedCount());
    }

    Map<Happening, Integer> happened() {
        return happened;
    }

    private void happen() {
        int choice = random.nextInt(calm ? 200 : 206);
        if (choice < 60) {
            happen(Happening.WRITE, database::write);
        } else if (choice < 70) {
            happen(Happening.WRITE_ELSEWHERE, database::writeElsewhere);
        } else if (choice < 170) {
            happen(
                    Happening.OTHER_THREADS,
                    () -> relays.get(random.nextInt(RELAYS)).runOthers());
        } else if (choice < 190) {
            happen(
                    Happening.TIME,
                    () -> nanos += random.nextLong(random.nextInt(5) == 0 ? 5_000_000_000L : 100_000_000));
        } else if (choice < 193) {
            happen(
                    Happening.SESSIONS_TERMINATED,
                    () -> relays.get(random.nextInt(RELAYS)).terminateSessions());
        } else if (choice < 195) {
            happen(Happening.TRANSACTIONS_EXPIRED, kafka::expireTransactions);
        } else if (choice < 198) {
            happen(Happening.KILLED, () -> replace(SimulatedRelay::kill));
        } else if (choice < 200) {
            happen(Happening.STOPPED, () -> replace(this::stop));
        } else {
            happenToTheDatabase(choice);
        }
    }

    /** Moves the outbox to another server, which takes so long that nothing of the relays of the old one is still under way. */
    private void move() {
        killAll();
        kafka.fenceAll();
        database.move();
    }

    /**
     * Restores the server's files. With delivery at least once, no fence stops a relay that has not noticed yet, and its last position
     * would follow the one of its successor; but restoring takes longer than a relay needs to notice.
     */
    private void restoreFiles() {
        if (delivery == Delivery.AT_LEAST_ONCE) {
            killAll();
        }
        database.restoreFiles();
    }

    private void killAll() {
        for (int i = 0; i < RELAYS; i++) {
            relays.get(i).kill();
            relays.set(i, relay());
        }
    }

    private void happenToTheDatabase(int choice) {
        switch (choice) {
            case 200, 201 -> happen(Happening.PUBLICATION_CHANGED, database::changePublication);
            case 202 -> happen(Happening.SLOT_CHANGED, database::changeSlot);
            case 203 -> happen(Happening.STANDBY_PROMOTED, database::promote);
            case 204 -> happen(Happening.FILES_RESTORED, this::restoreFiles);
            default -> happen(Happening.MOVED, this::move);
        }
    }

    private void happen(Happening happening, Runnable what) {
        happened.merge(happening, 1, Integer::sum);
        what.run();
    }

    private void replace(Consumer<SimulatedRelay> end) {
        int index = random.nextInt(RELAYS);
        end.accept(relays.get(index));
        relays.set(index, relay());
    }

    private void stop(SimulatedRelay relay) {
        stopping = relay;
        relay.stop();
        stopping = null;
    }

    private void comeToRest() {
        kafka.faultRate(0);
        database.faultRate(0);
        database.commitAll();
        for (int round = 0; round < MAX_QUIET_ROUNDS; round++) {
            if (isAtRest()) {
                return;
            }
            relays.forEach(SimulatedRelay::step);
            relays.forEach(SimulatedRelay::runOthers);
            nanos += 20_000_000;
        }
        throw new AssertionError("The relays do not come to rest: published " + published() + " of " + committed()
                + ", confirmed " + database.isConfirmed() + ", lost and not published once more " + unrequested());
    }

    /** Requires that a written position covers what PostgreSQL has let go, so that no successor searches for it. */
    private void requireRecorded() {
        Lsn slot = database.confirmed();
        if (slot == null || slot.equals(recorded)) {
            return;
        }
        recorded = slot;
        if (kafka.committed(SimulatedRelay.POSITION_TOPIC).stream()
                .filter(record -> !text(record.key()).contains("/"))
                .noneMatch(record ->
                        !slot.isAfter(ResumePoint.parse(text(record.value())).through()))) {
            throw new AssertionError("Confirmed up to " + slot + ", and no position reaches so far");
        }
    }

    private boolean isAtRest() {
        return database.isConfirmed()
                && database.rows().stream().allMatch(row -> kafka.isReadable(Long.toString(row.number())))
                && unrequested().isEmpty();
    }

    /** Checks that consumers have what the database has, once and in its order; they may have what it has lost. */
    private void check() {
        Map<String, List<Long>> expected = committed();
        Map<String, List<Event>> actual = published();
        actual.replaceAll((key, events) -> delivery == Delivery.AT_LEAST_ONCE ? withoutRepeats(events) : events);
        Map<String, List<Long>> kept = new LinkedHashMap<>();
        actual.forEach((key, events) -> {
            List<Long> numbers = events.stream()
                    .map(Event::number)
                    .filter(number -> !database.hasLost(number))
                    .toList();
            if (!numbers.isEmpty()) {
                kept.put(key, numbers);
            }
        });
        if (!kept.equals(expected)) {
            throw new AssertionError(
                    "Committed " + expected + ", published " + actual + ", without what is lost " + kept);
        }
        actual.values().forEach(Simulation::requireRising);
    }

    /**
     * Returns what consumers have, the database has lost, and the service is not asked to publish. With delivery at least once, what a dead
     * relay had on the wire may arrive after the search for it.
     */
    private List<Row> unrequested() {
        return delivery == Delivery.AT_LEAST_ONCE
                ? List.of()
                : database.lost().stream()
                        .filter(row -> kafka.isReadable(Long.toString(row.number())))
                        .filter(row -> !database.isRequested(row.key()))
                        .toList();
    }

    /** Requires that consumers apply all events: they apply one whose sequence is above that of the last applied one. */
    private static void requireRising(List<Event> events) {
        for (int i = 1; i < events.size(); i++) {
            if (events.get(i).sequence() <= events.get(i - 1).sequence()) {
                throw new AssertionError("Consumers would not apply " + events.get(i) + " of " + events);
            }
        }
    }

    private Map<String, List<Long>> committed() {
        Map<String, List<Long>> series = new LinkedHashMap<>();
        for (Row row : database.rows()) {
            series.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row.number());
        }
        return series;
    }

    private record Event(long number, long sequence) {}

    private Map<String, List<Event>> published() {
        Map<String, List<Event>> series = new LinkedHashMap<>();
        for (ProducerRecord<byte[], byte @Nullable []> record : kafka.committed(SimulatedRelay.TOPIC_PREFIX)) {
            series.computeIfAbsent(text(record.key()), key -> new ArrayList<>())
                    .add(new Event(Long.parseLong(text(record.value())), SimulatedKafka.sequence(record)));
        }
        return series;
    }

    private static List<Event> withoutRepeats(List<Event> events) {
        Set<Long> seen = new HashSet<>();
        return events.stream().filter(event -> seen.add(event.number())).toList();
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
