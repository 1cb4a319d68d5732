package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.hibernate.engine.spi.SharedSessionContractImplementor;

import dev.fullstate.outbox.capture.PartChange.Way;
import dev.fullstate.outbox.rows.StoredIds;

/** The parts that a transaction has changed and whose owners only the database knows. Confined to the transaction's thread. */
final class ChangedParts {

    /**
     * Each part once, and never fewer: until its root is locked, another transaction may move any of them, so the owners of
     * all are queried again.
     */
    private final Set<PartChange> all = new HashSet<>();

    /** A subset of {@link #all}: the parts whose owners have not been queried since they were added, or since the last lock. */
    private final List<PartChange> withoutOwner = new ArrayList<>();

    /** Parts that the running flush is going to delete, with their owners marked already. Empty between flushes. */
    private final Set<PartChange> askedInFlush = new HashSet<>();

    /** A subset of {@link #all}, by the ids in memory: the parts that this transaction inserts. Whoever had one of them is marked. */
    private final Set<PartChange> created = new HashSet<>();

    void add(PartChange change) {
        if (all.add(change)) {
            withoutOwner.add(change);
        }
    }

    /** Notes that this transaction inserts a part. */
    void addCreated(PartChange change) {
        created.add(change);
    }

    /** Returns whether this transaction has inserted a part. */
    boolean isCreated(PartChange change) {
        return created.contains(change);
    }

    /** Takes out the parts whose owners have to be queried: their ids, by the way up. */
    Map<Way, List<Object>> takeWithoutOwner() {
        Map<Way, List<Object>> byWay = new LinkedHashMap<>();
        withoutOwner.forEach(part ->
                byWay.computeIfAbsent(part.way(), way -> new ArrayList<>()).add(part.id()));
        withoutOwner.clear();
        return byWay;
    }

    /**
     * Puts all parts back among those whose owners have to be queried.
     *
     * @return whether there are any
     */
    boolean askAgain() {
        withoutOwner.addAll(all);
        return !all.isEmpty();
    }

    /**
     * Notes that the owner of a part is queried before the part is deleted.
     *
     * @return whether that is the first time in this flush
     */
    boolean addAsked(PartChange deleted) {
        return askedInFlush.add(deleted);
    }

    /** Forgets the deleted parts of the flush that has ended. */
    void flushed() {
        askedInFlush.clear();
    }

    /** Replaces the id of each part by the one that the database has. */
    void useStoredIds(SharedSessionContractImplementor session) {
        Map<Way, List<PartChange>> asked = new HashMap<>();
        for (PartChange part : all) {
            StoredIds ids = part.way().link().partIds();
            if (ids != null && !ids.areGiven()) {
                asked.computeIfAbsent(part.way(), way -> new ArrayList<>()).add(part);
            }
        }
        asked.forEach((way, parts) -> {
            parts.forEach(all::remove);
            withoutOwner.removeIf(part -> part.way().equals(way));
            Objects.requireNonNull(way.link().partIds())
                    .of(session, parts.stream().map(PartChange::id).toList())
                    .forEach(stored -> add(new PartChange(way, stored)));
        });
    }
}
