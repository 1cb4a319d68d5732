package dev.fullstate.outbox.relay.wal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.Origin;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.wal.Facts.Note;
import dev.fullstate.outbox.relay.wal.Facts.Trace;
import dev.fullstate.outbox.relay.wal.RepublishJobs.End;

/**
 * A database in memory: transactions, the WAL that they leave, one slot, one publication. A key belongs to one open transaction at a time,
 * as the lock of its aggregate's root ensures; numbers are drawn when a row is written, and visible when its transaction commits.
 *
 * <p>It may lose committed transactions, as a database does that is restored, or whose standby lags when it is promoted. Then it gives
 * numbers of rows, numbers of transactions and positions in the WAL again.
 */
public final class SimulatedDatabase {

    private static final int KEYS = 6;

    private final RandomGenerator random;
    private final Predicate<Row> published;
    private final BiPredicate<Row, List<End>> before;
    private final SimulatedHistory history;
    private final SimulatedSlot slot;
    private final List<List<Row>> open = new ArrayList<>();
    private final List<SimulatedSession> sessions = new ArrayList<>();
    private final Set<String> locked = new HashSet<>();
    /** Lost rows of which no note says that they were published. */
    private final Set<Row> forgotten = new HashSet<>();

    private final List<Noted> notes = new ArrayList<>();
    private final List<Requested> requested = new ArrayList<>();
    private Consumer<String> narrator = happened -> {};
    private double faultRate;
    private int notedCount;
    private long rowCount;
    /** How often a server was started for this database. */
    private int startCount;

    private long nextSeq = 1;
    private int publication = 1;
    private boolean unpublished;

    /**
     * A row of the outbox.
     *
     * @param number unlike all that ever were; it stands for the row's data
     * @param seq drawn from the sequence, so it may come again when the database has lost the row
     */
    public record Row(long number, long seq, String key) {

        UUID id() {
            return new UUID(7, number);
        }

        @Override
        public String toString() {
            return "row " + number + " (seq " + seq + ") of " + key;
        }
    }

    /**
     * A committed transaction.
     *
     * @param start where its commit record begins
     * @param publication the publication when it was written; 0 if there was none, so that it is not streamed
     */
    record Transaction(Lsn start, Lsn end, List<Row> rows, int publication) {

        boolean isStreamed() {
            return publication != 0;
        }

        @Override
        public String toString() {
            return start + " to " + end + ": "
                    + rows.stream().map(Row::toString).collect(Collectors.joining(", "));
        }
    }

    /** Aggregates that the service is asked to publish once more, and where the request is in the WAL. */
    private record Requested(Lsn lsn, Set<String> keys) {}

    /** A note of a relay, and where it is in the WAL. */
    private record Noted(Lsn lsn, int server, String snapshot, Lsn recorded) {}

    /**
     * @param published tells, at any time, whether consumers can read the event of a row
     * @param before tells whether a consumer that has read up to these ends has read the event of a row
     */
    public SimulatedDatabase(RandomGenerator random, Predicate<Row> published, BiPredicate<Row, List<End>> before) {
        this.random = random;
        this.published = published;
        this.before = before;
        this.history = new SimulatedHistory(random);
        this.slot = new SimulatedSlot(random);
    }

    /** Tells a listener what the database does, in a line each. */
    public void narrateTo(Consumer<String> listener) {
        narrator = listener;
    }

    void tell(String happened) {
        narrator.accept(happened);
    }

    /** Sets how often, between 0 and 1, a request fails. */
    public void faultRate(double rate) {
        faultRate = rate;
    }

    void opened(SimulatedSession session) {
        sessions.removeIf(earlier -> !earlier.isAlive());
        sessions.add(session);
    }

    /** Makes the connections of one process to the database. */
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
                transaction.add(new Row(++rowCount, nextSeq++, key));
            }
        }
    }

    private void end(List<Row> rows, boolean commit) {
        rows.forEach(row -> locked.remove(row.key()));
        if (commit) {
            history.commit(rows, unpublished ? 0 : publication);
            tell("commits " + committed().get(committed().size() - 1));
        }
    }

    /** Commits one transaction with a row for each of some keys. */
    public void commit(String... keys) {
        end(Stream.of(keys).map(key -> new Row(++rowCount, nextSeq++, key)).toList(), true);
    }

    /** Drops the slot. */
    public void loseSlot() {
        slot.vanish();
        tell("loses the slot");
    }

    /** Writes to other tables. */
    public void writeElsewhere() {
        history.write(1 + random.nextInt(100));
    }

    /** Commits all open transactions, and repairs what people have to repair. */
    public void commitAll() {
        open.forEach(rows -> end(rows, true));
        open.clear();
        if (unpublished) {
            changePublication();
        }
    }

    /** Drops the publication, or creates it again. */
    public void changePublication() {
        unpublished = !unpublished;
        publication++;
    }

    /** Drops the slot, drops and creates it, or advances it, as an operator does, or gives it up, as the server does. */
    public void changeSlot() {
        // Before the first start of a relay, a slot says where to begin.
        slot.change(notes.isEmpty() ? null : walEnd());
    }

    /** Promotes a standby that perhaps lags behind, with a slot that lags further behind, or without. */
    public void promote() {
        lose();
        history.leaveTimeline();
        nextSeq += random.nextInt(4);
        tell("is now a promoted standby: its WAL ended at " + history.timeline().begin() + ", the slot is "
                + (slot.position() == null ? "gone" : "at " + slot.position()));
    }

    /** Puts the server's files back to some time ago. */
    public void restoreFiles() {
        lose();
    }

    /** Copies the rows to another server. */
    public void move() {
        lose();
        if (notes.isEmpty()) {
            // No note says that events were published from these rows.
            forgotten.addAll(history.lost());
        }
        history.move(publication);
        slot.vanish();
        Lsn first = history.first();
        requested.replaceAll(request -> new Requested(first, request.keys()));
        notes.replaceAll(note -> new Noted(first, note.server(), note.snapshot(), note.recorded()));
    }

    /** Goes back to some position. */
    private void lose() {
        startCount++;
        sessions.forEach(SimulatedSession::close);
        open.forEach(rows -> end(rows, false));
        open.clear();
        Lsn end = history.goBack();
        notes.removeIf(note -> note.lsn().isAfter(end));
        requested.removeIf(request -> request.lsn().isAfter(end));
        slot.goBack(end);
        nextSeq = 1 + rows().stream().mapToLong(Row::seq).max().orElse(0);
    }

    /** Returns the committed rows, in the order of commits. */
    public List<Row> rows() {
        return committed().stream()
                .flatMap(transaction -> transaction.rows().stream())
                .toList();
    }

    /** Asks the service to publish aggregates once more. */
    void request(Set<String> keys) {
        tell("is asked to publish once more: " + new TreeSet<>(keys));
        requested.add(new Requested(history.write(1), Set.copyOf(keys)));
    }

    /** Returns whether the service is asked to publish an aggregate once more. */
    public boolean isRequested(String key) {
        return requested.stream().anyMatch(request -> request.keys().contains(key));
    }

    /** Returns the rows that a relay can know to be lost. */
    public Set<Row> lost() {
        Set<Row> known = new HashSet<>(history.lost());
        known.removeAll(forgotten);
        return known;
    }

    /** Returns whether a row was committed before the database lost it. */
    public boolean hasLost(long number) {
        return history.lost().stream().anyMatch(row -> row.number() == number);
    }

    /** Returns whether the slot is confirmed up to all transactions with rows. */
    public boolean isConfirmed() {
        Lsn position = slot.position();
        return position != null
                && !slot.isLost()
                && committed().stream()
                        .noneMatch(transaction -> !transaction.rows().isEmpty()
                                && transaction.end().isAfter(position));
    }

    boolean strikes() {
        return random.nextDouble() < faultRate;
    }

    /** Returns whether a committed transaction takes its time to arrive. */
    boolean isLate() {
        return random.nextInt(6) == 0;
    }

    String pipeline() {
        return "simulated-" + history.server();
    }

    SimulatedSlot slot() {
        return slot;
    }

    /** Returns the position that a relay confirmed last; null if none did. */
    public @Nullable Lsn confirmed() {
        return slot.confirmed();
    }

    /** Returns how often a session lost the slot because it was silent. */
    public int terminatedCount() {
        return slot.terminatedCount();
    }

    Lsn walEnd() {
        return history.walEnd();
    }

    List<Transaction> committed() {
        return history.committed();
    }

    int requirePublication() {
        if (unpublished) {
            throw WalFailures.failure("Simulated: there is no publication");
        }
        return publication;
    }

    Facts facts(int subscribed, @Nullable ResumePoint recorded) {
        Origin origin = new Origin(history.timeline(), Integer.toString(subscribed), Instant.ofEpochSecond(startCount));
        Lsn position = slot.position();
        Noted note = notes.isEmpty() ? null : notes.get(notes.size() - 1);
        return new Facts(
                origin,
                history.ancestors(),
                walEnd(),
                position == null ? null : new Facts.Slot(position, slot.isLost()),
                nextSeq - 1,
                recorded == null || recorded.numbers().newest() == null
                        ? Trace.UNKNOWN
                        : trace(recorded.numbers().newest()),
                note == null ? null : new Note(note.snapshot(), note.server() == history.server(), note.recorded()),
                Source.WAL,
                1);
    }

    private Trace trace(Newest newest) {
        List<Row> same =
                rows().stream().filter(row -> row.seq() == newest.seq()).toList();
        if (!same.isEmpty()) {
            return same.get(0).id().equals(newest.id()) ? Trace.THERE : Trace.REPLACED;
        }
        return Trace.MISSING;
    }

    NewSlot createSlot(SimulatedSession session) {
        if (notes.isEmpty()) {
            notes.add(new Noted(walEnd(), history.server(), "0", Lsn.ZERO));
        }
        Lsn start = walEnd();
        slot.create(session, start);
        tell("has a new slot at " + start + "; transactions that are older: "
                + committed().size());
        return new NewSlot(start, snapshot());
    }

    void withdrawNote() {
        Noted last = notes.get(notes.size() - 1);
        notes.add(new Noted(walEnd(), last.server(), "0", last.recorded()));
        tell("is told that nothing counts as published");
    }

    /** Confirms a position; all that the slot lets go then has to be published. */
    void confirm(Lsn position) {
        requirePublished(transaction -> position.isAfter(transaction.start()), "Confirmed up to " + position);
        if (slot.confirm(position)) {
            tell("confirms the slot up to " + position);
        }
    }

    /** Returns the present snapshot, which is the number of committed transactions. */
    String snapshot() {
        return Integer.toString(committed().size());
    }

    void note(String snapshot, Lsn recorded) {
        List<Transaction> shown = committed().subList(0, Integer.parseInt(snapshot));
        requirePublished(shown::contains, "Snapshot " + snapshot + " is noted");
        notes.add(new Noted(walEnd(), history.server(), snapshot, recorded));
        tell("is told that its transactions are published up to number " + snapshot);
    }

    void requirePublished(Predicate<Transaction> transactions, String what) {
        for (Transaction transaction : committed()) {
            for (Row row : transaction.rows()) {
                if (transactions.test(transaction) && !published.test(row)) {
                    throw new AssertionError(
                            what + ", but " + row + " of " + transaction.start() + " is not published");
                }
            }
        }
    }

    /** Returns whether a republish job has ended: it may at any time, and may have written any of the rows before. */
    boolean hasEndedJob() {
        return random.nextInt(4) == 0;
    }

    void requireBefore(List<End> ends, int transactionCount) {
        for (Transaction transaction : committed().subList(0, transactionCount)) {
            for (Row row : transaction.rows()) {
                if (!before.test(row, ends)) {
                    throw new AssertionError("The noted end of a job is " + ends + ", but " + row + " is not before");
                }
            }
        }
        notedCount++;
    }

    /** Returns how often a relay noted the end of a job. */
    public int notedCount() {
        return notedCount;
    }

    /** Returns the rows that a fill may have to publish, in the order of their numbers. */
    List<Row> retained(Fill fill) {
        return rows().stream()
                .filter(row -> row.seq() > fill.after() && isIn(fill.snapshot(), row))
                .filter(row -> fill.published() == null || !isIn(fill.published(), row))
                .sorted(Comparator.comparingLong(Row::seq))
                .toList();
    }

    boolean hasRow(UUID id) {
        return rows().stream().anyMatch(row -> row.id().equals(id));
    }

    boolean hasRow(UUID id, long seq) {
        return rows().stream().anyMatch(row -> row.id().equals(id) && row.seq() == seq);
    }

    @Nullable
    Newest newest(String snapshot) {
        return rows().stream()
                .filter(row -> isIn(snapshot, row))
                .max(Comparator.comparingLong(Row::seq))
                .map(row -> new Newest(row.seq(), row.id()))
                .orElse(null);
    }

    private boolean isIn(String snapshot, Row row) {
        return committed().subList(0, Math.min(committed().size(), Integer.parseInt(snapshot))).stream()
                .anyMatch(transaction -> transaction.rows().contains(row));
    }

    Numbers continuing(long highest, Fill fill, long reached) {
        Newest noted = fill.published() == null ? null : newest(fill.published());
        long last = noted == null ? reached : Math.max(reached, noted.seq());
        long by = Math.max(1, highest - Math.min(last, fill.after()));
        return new Numbers(highest, null, new Shift(nextSeq + 5, by));
    }

    boolean raiseSequence(Numbers numbers) {
        Shift shift = numbers.shift();
        if (shift.equals(Shift.NONE)) {
            return true;
        }
        if (nextSeq > shift.upTo()) {
            return false;
        }
        nextSeq = shift.raisedTo() + 1;
        return true;
    }
}
