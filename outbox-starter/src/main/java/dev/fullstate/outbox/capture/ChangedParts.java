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

/** The parts that a transaction has changed and whose owners only the database knows. */
final class ChangedParts {

    /** Grows until the commit: another transaction may move any of them until its root is locked, so all are asked for again. */
    private final Set<PartChange> all = new HashSet<>();

    /** Those of {@link #all} whose owners nobody has asked for since they were added, or since the last lock. */
    private final List<PartChange> withoutOwner = new ArrayList<>();

    /** Parts whose deletion the running flush has announced and whose owners are marked; empty between flushes. */
    private final Set<PartChange> askedInFlush = new HashSet<>();

    void add(PartChange change) {
        if (all.add(change)) {
            withoutOwner.add(change);
        }
    }

    /** Takes out the parts whose owners have to be looked for: their ids, by the way up. */
    Map<Way, List<Object>> takeWithoutOwner() {
        Map<Way, List<Object>> byWay = new LinkedHashMap<>();
        withoutOwner.forEach(part ->
                byWay.computeIfAbsent(part.way(), way -> new ArrayList<>()).add(part.id()));
        withoutOwner.clear();
        return byWay;
    }

    /**
     * Lets the owners of all parts be looked for once more.
     *
     * @return whether there are such parts
     */
    boolean askAgain() {
        withoutOwner.addAll(all);
        return !all.isEmpty();
    }

    /** Whether the owner of this part, which is about to be deleted, is asked for the first time in this flush. */
    boolean isFirstAsk(PartChange deleted) {
        return askedInFlush.add(deleted);
    }

    /** Ends a flush. */
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
