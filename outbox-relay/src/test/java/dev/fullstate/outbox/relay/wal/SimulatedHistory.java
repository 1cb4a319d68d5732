package dev.fullstate.outbox.relay.wal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Timeline;
import dev.fullstate.outbox.relay.wal.Facts.Ancestor;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase.Row;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase.Transaction;

/**
 * The commits of a {@link SimulatedDatabase}, as the WAL of one server after another has them: on its timelines, and without those that
 * were lost.
 */
final class SimulatedHistory {

    private final RandomGenerator random;
    /** In the order of commits, which is that of their positions. */
    private final List<Transaction> committed = new ArrayList<>();
    /** The timelines before the present one, each left where the next begins. */
    private final List<Ancestor> ancestors = new ArrayList<>();
    /** Rows that were committed, and are lost. */
    private final Set<Row> lost = new HashSet<>();
    /** Where the WAL ends; not before the end of the last transaction. */
    private long lsn = 1_000;
    /** Where the present server's WAL begins. */
    private Lsn first = new Lsn(lsn);
    /** Transactions that the server has from another one. They are its beginning, and cannot be lost. */
    private int copiedCount;

    private int server = 1;
    private Timeline timeline = Timeline.FIRST;

    SimulatedHistory(RandomGenerator random) {
        this.random = random;
    }

    int server() {
        return server;
    }

    Timeline timeline() {
        return timeline;
    }

    List<Ancestor> ancestors() {
        return ancestors;
    }

    Lsn first() {
        return first;
    }

    Lsn walEnd() {
        return new Lsn(lsn);
    }

    List<Transaction> committed() {
        return Collections.unmodifiableList(committed);
    }

    Set<Row> lost() {
        return Collections.unmodifiableSet(lost);
    }

    /** Writes something other than a commit to the WAL; returns where the WAL ends then. */
    Lsn write(long bytes) {
        lsn += bytes;
        return walEnd();
    }

    void commit(List<Row> rows, int publication) {
        // The next commit record may begin where the last one ends.
        Lsn start = new Lsn(lsn + random.nextInt(3));
        lsn = start.value() + 1 + random.nextInt(3);
        committed.add(new Transaction(start, walEnd(), List.copyOf(rows), publication));
    }

    /** Loses some of the last transactions, perhaps none; returns where the WAL ends then. */
    Lsn goBack() {
        int kept = committed.size()
                - (random.nextBoolean() ? 0 : random.nextInt(Math.min(committed.size() - copiedCount, 8) + 1));
        Lsn last = kept == 0 ? first : committed.get(kept - 1).end();
        // The first that is lost begins where the last that is kept ends, or later.
        long next = kept == committed.size() ? lsn : committed.get(kept).start().value();
        Lsn end = new Lsn(last.value() + (next > last.value() ? random.nextLong(next - last.value()) : 0));
        while (committed.size() > kept) {
            lost.addAll(committed.remove(committed.size() - 1).rows());
        }
        lsn = end.value();
        while (!ancestors.isEmpty()
                && ancestors.get(ancestors.size() - 1).leftAt().isAfter(end)) {
            timeline = ancestors.remove(ancestors.size() - 1).timeline();
        }
        return end;
    }

    /** Leaves the timeline where the WAL ends. */
    void leaveTimeline() {
        Lsn end = walEnd();
        ancestors.add(new Ancestor(timeline, end));
        timeline = new Timeline(timeline.number() + 1, end);
        lsn += random.nextInt(3);
    }

    /** Copies the rows to another server, where they are one transaction each as before. */
    void move(int publication) {
        server++;
        timeline = Timeline.FIRST;
        ancestors.clear();
        lsn = 500L + random.nextInt(1_000);
        first = new Lsn(lsn);
        List<Transaction> copied = List.copyOf(committed);
        copiedCount = copied.size();
        committed.clear();
        for (Transaction each : copied) {
            committed.add(new Transaction(new Lsn(lsn++), new Lsn(lsn++), each.rows(), publication));
        }
    }
}
