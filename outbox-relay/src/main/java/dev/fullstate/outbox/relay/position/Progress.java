package dev.fullstate.outbox.relay.position;

/**
 * The progress of the relay, in three words of the whole project: always confirmed &lt;= published &lt;= received, or it cannot be
 * constructed. Each position is the end of a transaction or lies between transactions.
 *
 * @param received the relay has read everything before it from PostgreSQL
 * @param published Kafka has everything before it
 * @param confirmed the relay has told PostgreSQL that it need not keep anything before it
 */
public record Progress(Lsn received, Lsn published, Lsn confirmed) {

    public Progress {
        if (confirmed.isAfter(published) || published.isAfter(received)) {
            throw new IllegalStateException("Positions are out of order: confirmed " + confirmed + " <= published "
                    + published + " <= received " + received + " does not hold");
        }
    }

    /** Progress of a stream that starts at a position. */
    public static Progress at(Lsn start) {
        return new Progress(start, start, start);
    }
}
