package dev.fullstate.outbox.relay.wal;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Snapshot;

/** The moment up to which everything is published. */
public interface Reached {

    /** Returns whether all transactions that a moment of the database shows are published. */
    boolean covers(Horizon horizon);

    /** Returns the position for those who read the notes. */
    Lsn lsn();

    /** Returns a point of the stream: what a snapshot shows lies before a position that was read after it. */
    static Reached ofStream(Lsn through) {
        return new Reached() {

            @Override
            public boolean covers(Horizon horizon) {
                return !horizon.lsn().isAfter(through);
            }

            @Override
            public Lsn lsn() {
                return through;
            }
        };
    }

    /** Returns a point of the table. Its position says nothing: a commit may lie before it, and be shown after it. */
    static Reached ofTable(String snapshot, Lsn through) {
        return new Reached() {

            @Override
            public boolean covers(Horizon horizon) {
                return Snapshot.parse(snapshot).shows(Snapshot.parse(horizon.snapshot()));
            }

            @Override
            public Lsn lsn() {
                return through;
            }
        };
    }
}
