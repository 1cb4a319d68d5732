package dev.fullstate.outbox.relay.transaction;

import dev.fullstate.outbox.relay.wal.Lsn;

/**
 * Where an event is in the stream: unique, and in the order of publication.
 *
 * @param commitLsn of the transaction; rows have no usable position of their own
 * @param index of the event in its transaction, from 0
 */
public record Position(Lsn commitLsn, long index) {

    @Override
    public String toString() {
        return commitLsn + "#" + index;
    }
}
