package dev.fullstate.outbox.rows;

import dev.fullstate.outbox.OutboxException;

/**
 * A root's row has no version, because it is older than the column. The root has no events until its row gets a version: they
 * could not be told apart, and Hibernate would take the root for a new one.
 */
public final class MissingVersionException extends OutboxException {

    private static final long serialVersionUID = 1L;

    MissingVersionException(String entity, Object id, String table, String column) {
        super(("%1$s %2$s has no version: the column %4$s is null. Run: update %3$s set %4$s = 0 where %4$s is null;"
                        + " alter table %3$s alter column %4$s set default 0, alter column %4$s set not null;")
                .formatted(entity, id, table, column));
    }
}
