package dev.fullstate.outbox.relay.wal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.PublishedRows;
import dev.fullstate.outbox.relay.wal.RepublishJobs.End;

/**
 * A database in memory: transactions, the WAL that they leave, one slot. A key belongs to one open transaction at a time, as the
 * lock of its aggregate's root sees to it; numbers are drawn when a row is written, and seen when its transaction commits.
 */
public final class SimulatedDatabase {

    private static final int KEYS = 6;

    private final RandomGenerator random;
    private final Predicate<Row> published;
    private final BiPredicate<Row, List<End>> before;
    private final List<Transaction> committed = new ArrayList<>();
    private final List<List<Row>> open = new ArrayList<>();
    private final Set<String> locked = new HashSet<>();
    private double faultRate;
    private int notedCount;
    private int terminatedCount;
    private int signOfLife;
    private long nextSeq = 1;
    private long lsn = 1_000;
    private @Nullable Lsn slot;
    private @Nullable SimulatedSession slotHolder;
    private @Nullable SimulatedSession firstStart;

    /** A row of the outbox; the number stands for its data. */
    public record Row(long seq, String key) {}

    /**
     * A committed transaction.
     *
     * @param start where its commit record begins
     */
    record Transaction(Lsn start, Lsn end, List<Row> rows) {}

    /**
     * @param published tells, at any time, whether consumers can read the event of a row
     * @param before tells whether whoever has read up to these ends has read the event of a row
     */
    public SimulatedDatabase(RandomGenerator random, Predicate<Row> published, BiPredicate<Row, List<End>> before) {
        this.random = random;
        this.published = published;
        this.before = before;
    }

    /** How often, between 0 and 1, a request fails. */
    public void faultRate(double rate) {
        faultRate = rate;
    }

    /** One process's access to the database. */
    public SimulatedSource client() {
        return new SimulatedSource(this);
    }

    /** Begins a transaction, goes on with one, or ends one. */
    public void write() {
        int choice = random.nextInt(10);
        if (open.isEmpty() || (choice == 0 && open.size() < 3)) {
            open.add(new ArrayList<>());
        } else if (choice < 6) {
            insert(open.get(random.nextInt(open.size())), random.nextInt(12) == 0 ? 25 : random.nextInt(3));
        } else {
            end(open.remove(random.nextInt(open.size())), choice < 9);
        }
    }

    private void insert(List<Row> transaction, int count) {
        for (int i = 0; i < count; i++) {
            String key = "key-" + random.nextInt(KEYS);
            if (locked.add(key)
                    || transaction.stream().anyMatch(row -> row.key().equals(key))) {
                transaction.add(new Row(nextSeq++, key));
            }
        }
    }

    private void end(List<Row> rows, boolean commit) {
        rows.forEach(row -> locked.remove(row.key()));
        if (commit) {
            // The next commit record may begin where the last one ends.
            Lsn start = new Lsn(lsn + random.nextInt(3));
            lsn = start.value() + 1 + random.nextInt(3);
            committed.add(new Transaction(start, new Lsn(lsn), List.copyOf(rows)));
        }
    }

    /** Other tables are written to. */
    public void writeElsewhere() {
        lsn += 1 + random.nextInt(100);
    }

    /** Commits whatever is open. */
    public void commitAll() {
        open.forEach(rows -> end(rows, true));
        open.clear();
    }

    /** The rows that are committed, in the order of commits. */
    public List<Row> rows() {
        return committed.stream()
                .flatMap(transaction -> transaction.rows().stream())
                .toList();
    }

    /** Whether the slot holds back nothing that has a row. */
    public boolean isConfirmed() {
        Lsn confirmed = slot;
        return confirmed != null
                && committed.stream()
                        .noneMatch(transaction -> !transaction.rows().isEmpty()
                                && transaction.end().isAfter(confirmed));
    }

    boolean strikes() {
        return random.nextDouble() < faultRate;
    }

    /** What has been committed may take its time to arrive. */
    boolean isLate() {
        return random.nextInt(6) == 0;
    }

    /** Up to where the slot is confirmed; null if there is none. */
    @Nullable
    public Lsn slot() {
        return slot;
    }

    Lsn walEnd() {
        return new Lsn(lsn);
    }

    List<Transaction> committed() {
        return Collections.unmodifiableList(committed);
    }

    /**
     * The session that has the slot, or makes it, for another one. Now and then nothing is heard of it between two looks, though it lives;
     * to the one who looks, process ids are the hash codes of sessions.
     */
    @Nullable
    Holder holder(SimulatedSession asking) {
        SimulatedSession holder = other(asking);
        if (holder == null) {
            return null;
        }
        if (random.nextInt(4) == 0) {
            signOfLife++;
        }
        return new Holder(holder.hashCode(), "", Integer.toString(signOfLife));
    }

    /** Takes the slot from a session of which nothing has been heard. */
    boolean terminate(SimulatedSession asking, Holder holder) {
        SimulatedSession actual = other(asking);
        if (actual == null || !new Holder(actual.hashCode(), "", Integer.toString(signOfLife)).equals(holder)) {
            return false;
        }
        actual.close();
        terminatedCount++;
        return true;
    }

    private @Nullable SimulatedSession other(SimulatedSession asking) {
        return Stream.of(Optional.ofNullable(slotHolder), Optional.ofNullable(firstStart))
                .flatMap(Optional::stream)
                .filter(session -> session != asking && session.isAlive())
                .findFirst()
                .orElse(null);
    }

    /** How often a session lost the slot because nothing was heard of it. */
    public int terminatedCount() {
        return terminatedCount;
    }

    void take(SimulatedSession session) {
        if (slotHolder != null && slotHolder != session && slotHolder.isAlive()) {
            throw WalFailures.slotInUse();
        }
        slotHolder = session;
    }

    void beginFirstStart(SimulatedSession session) {
        if (slot != null || (firstStart != null && firstStart != session && firstStart.isAlive())) {
            throw WalFailures.slotInUse();
        }
        firstStart = session;
    }

    void createSlot(Lsn position) {
        requirePublished(transaction -> position.isAfter(transaction.start()), "The slot is created at " + position);
        slot = position;
    }

    /** Whatever the slot lets go has to be published. */
    void confirm(Lsn position) {
        requirePublished(transaction -> position.isAfter(transaction.start()), "Confirmed up to " + position);
        Lsn before = slot;
        if (before != null && position.isAfter(before)) {
            slot = position;
        }
    }

    void requirePublished(Predicate<Transaction> transactions, String what) {
        for (Transaction transaction : committed) {
            for (Row row : transaction.rows()) {
                if (transactions.test(transaction) && !published.test(row)) {
                    throw new AssertionError(
                            what + ", but " + row + " of " + transaction.start() + " is not published");
                }
            }
        }
    }

    /** A republish job may have ended at any time, and may have written any of the rows before. */
    boolean hasEndedJob() {
        return random.nextInt(4) == 0;
    }

    void requireBefore(List<End> ends, int transactionCount) {
        for (Transaction transaction : committed.subList(0, transactionCount)) {
            for (Row row : transaction.rows()) {
                if (!before.test(row, ends)) {
                    throw new AssertionError("A job is said to end at " + ends + ", but " + row + " is not before");
                }
            }
        }
        notedCount++;
    }

    /** How often it was noted where a job ends. */
    public int notedCount() {
        return notedCount;
    }

    /** Rows that are committed now, in the order of their numbers. */
    List<Row> retained() {
        return rows().stream().sorted(Comparator.comparingLong(Row::seq)).toList();
    }

    /** A snapshot is told by the number of transactions that had committed. */
    boolean isIn(PublishedRows published, Row row) {
        return row.seq() <= published.seq()
                && committed.subList(0, Integer.parseInt(published.snapshot())).stream()
                        .anyMatch(transaction -> transaction.rows().contains(row));
    }
}
