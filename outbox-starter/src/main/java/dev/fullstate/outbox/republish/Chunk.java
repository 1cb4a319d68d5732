package dev.fullstate.outbox.republish;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import dev.fullstate.outbox.republish.Part.Pass;
import dev.fullstate.outbox.republish.Part.Step;

/** What is done in one transaction to a part that is locked, pass by pass. */
final class Chunk {

    /** Between two looks for the end of transactions. */
    private static final Duration HORIZON_INTERVAL = Duration.ofMillis(200);

    private static final int MAX_RANGES = 8;
    private static final int MIN_CHUNKS_OF_A_RANGE = 10;

    private final Part part;
    private final PartTable parts;
    private final ItemTable items;
    private final States states;

    Chunk(Part part, PartTable parts, ItemTable items, States states) {
        this.part = part;
        this.parts = parts;
        this.items = items;
        this.states = states;
    }

    /**
     * Does what comes next.
     *
     * @param about is told which aggregate it is about, where it is only one
     * @return the pass that follows
     */
    Pass perform(Republisher.Options options, Consumer<String> about) {
        return switch (part.pass()) {
            case COUNT -> count();
            case SCAN -> scan();
            case NAMED -> named();
            case CONTENDED -> contended(options, about);
            case SECOND_LOOK -> secondLook(options, about);
            case DONE -> Pass.DONE;
        };
    }

    private Pass count() {
        boolean listed = part.named() || part.changedSince() != null;
        long total = listed ? countListed() : states.count();
        parts.counted(part, total);
        if (part.dryRun()) {
            return advance(Step.to(Pass.DONE));
        }
        if (!listed) {
            divide(total);
        }
        return advance(Step.to(listed ? Pass.NAMED : Pass.SCAN));
    }

    /** So that several threads, and instances, have something to do. */
    private void divide(long total) {
        int rangeCount = (int) Math.min(MAX_RANGES, total / ((long) MIN_CHUNKS_OF_A_RANGE * part.limit()));
        if (rangeCount > 1) {
            List<String> ends = states.ends(rangeCount, Math.toIntExact(total / rangeCount));
            if (!ends.isEmpty()) {
                parts.divide(part, ends);
            }
        }
    }

    private long countListed() {
        if (part.named()) {
            return items.count();
        }
        return part.dryRun() ? items.countChanged() : items.nameChanged();
    }

    /** Nobody is waited for. */
    private Pass scan() {
        List<String> page = states.page(part.lastId(), part.endId(), part.limit());
        List<String> published = states.publishAvailable(page);
        List<String> others = without(published, page);
        items.contend(others);
        return advance(page, Pass.SCAN, published.size(), others.size());
    }

    private Pass named() {
        List<String> page = items.named();
        List<String> published = states.publishAvailable(page);
        List<String> others = without(published, page);
        items.delete(published);
        items.contend(others);
        return advance(page, Pass.NAMED, published.size(), others.size());
    }

    private Pass contended(Republisher.Options options, Consumer<String> about) {
        Optional<String> next = items.contended();
        if (next.isEmpty()) {
            return advance(Step.to(Pass.SECOND_LOOK));
        }
        String id = next.get();
        about.accept(id);
        parts.setLockTimeout(options.lockTimeout());
        if (states.publishWaiting(id)) {
            return done(id, new Step(Pass.CONTENDED, null, 1, -1, 0, 0));
        }
        if (!part.tombstones()) {
            return done(id, new Step(Pass.CONTENDED, null, 0, -1, 1, 0));
        }
        states.publishDeleted(id);
        items.writeOff(id);
        return advance(Step.to(Pass.CONTENDED));
    }

    /**
     * Nothing can be locked for an aggregate that does not exist, so somebody may have created it beside its delete event. Such a
     * transaction has either ended by now and is seen, or has drawn its sequence, and commits, after the delete event.
     */
    private Pass secondLook(Republisher.Options options, Consumer<String> about) {
        Optional<String> next = items.writtenOff();
        if (next.isPresent()) {
            about.accept(next.get());
            parts.setLockTimeout(options.lockTimeout());
            states.publishWaiting(next.get());
            return done(next.get(), new Step(Pass.SECOND_LOOK, null, 1, -1, 0, 0));
        }
        if (items.count() == 0) {
            return advance(Step.to(Pass.DONE));
        }
        parts.postpone(part, HORIZON_INTERVAL);
        return part.pass();
    }

    /** Leaves what the scan or the list has next to be dealt with one by one. */
    void contendAll() {
        List<String> page =
                part.pass() == Pass.SCAN ? states.page(part.lastId(), part.endId(), part.limit()) : items.named();
        items.contend(page);
        advance(page, part.pass(), 0, page.size());
    }

    void postpone(String id) {
        items.postpone(id);
        advance(Step.to(part.pass()));
        parts.waiting(part, "the lock of " + part.aggregateType() + " " + id + ", which another transaction holds");
    }

    /** Goes on without a total, from the first aggregate to the last one. */
    void skipCount() {
        advance(Step.to(Pass.SCAN));
    }

    void fail(String id, String error) {
        if (items.delete(List.of(id)) == 1) {
            parts.failed(part, error);
            advance(new Step(part.pass(), null, 0, -1, 0, 1));
        }
    }

    private Pass done(String id, Step step) {
        items.delete(List.of(id));
        return advance(step);
    }

    private Pass advance(List<String> page, Pass pass, int published, int pending) {
        boolean last = page.size() < part.limit();
        String lastId = last ? null : page.get(page.size() - 1);
        return advance(new Step(last ? Pass.CONTENDED : pass, lastId, published, pending, 0, 0));
    }

    private Pass advance(Step step) {
        parts.advance(part, step);
        return step.pass();
    }

    private static List<String> without(List<String> published, List<String> page) {
        Set<String> done = new HashSet<>(published);
        return page.stream().filter(id -> !done.contains(id)).toList();
    }
}
