package dev.fullstate.outbox.relay.wal;

import dev.fullstate.outbox.relay.position.Lsn;

/** The place where the relay notes, for the writing side, what is published. */
public interface Horizons {

    /**
     * Asks for the database as it is now.
     *
     * @throws WalException if the connection is lost
     */
    Horizon now();

    /**
     * Notes that everything which the horizon shows is published. A note that is older than the one that is there changes
     * nothing.
     *
     * @param recorded up to where Kafka has the position, not before the horizon: a Kafka that has less later was put back
     * @throws WalException if it could not be written, with the grant where one is missing
     */
    void note(Horizon horizon, Lsn recorded);
}
