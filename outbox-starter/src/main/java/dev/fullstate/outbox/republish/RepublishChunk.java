package dev.fullstate.outbox.republish;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.hibernate.engine.spi.SessionImplementor;

import dev.fullstate.outbox.jobs.Items;
import dev.fullstate.outbox.jobs.LockedSlice;
import dev.fullstate.outbox.jobs.Slice;
import dev.fullstate.outbox.jobs.SliceWork;
import dev.fullstate.outbox.jobs.Step;
import dev.fullstate.outbox.republish.CapturedTypes.CapturedType;
import dev.fullstate.outbox.store.OutboxStore;

import static dev.fullstate.outbox.republish.RepublishPass.CONTENDED;
import static dev.fullstate.outbox.republish.RepublishPass.DONE;
import static dev.fullstate.outbox.republish.RepublishPass.NAMED;
import static dev.fullstate.outbox.republish.RepublishPass.SCAN;
import static dev.fullstate.outbox.republish.RepublishPass.SECOND_LOOK;

/** The work of a republish on a slice in one transaction, pass by pass. ADR 7 tells why there are these passes. */
final class RepublishChunk implements SliceWork {

    /** The time between two checks for the end of transactions. */
    private static final Duration HORIZON_INTERVAL = Duration.ofMillis(200);

    private static final String WAITS_FOR_TRANSACTIONS =
            "transactions that were open when delete events were written: they may have created the aggregate again";

    private static final int MAX_RANGES = 8;
    private static final int MIN_CHUNKS_OF_A_RANGE = 10;

    private static final String CHANGED = """
            select distinct aggregateid from {outbox}
             where aggregatetype = :type and created_at >= cast(:since as timestamptz) and republishid is null
            """;

    private final LockedSlice locked;
    private final Slice slice;
    private final RepublishParameters parameters;
    private final Items items;
    private final SessionImplementor session;
    private final AggregateIds ids;
    private final StatePublisher states;

    private RepublishChunk(LockedSlice locked, CapturedType type, SessionImplementor session) {
        this.locked = locked;
        this.slice = locked.slice();
        this.parameters = RepublishParameters.of(slice.parameters());
        this.items = locked.items();
        this.session = session;
        this.ids = new AggregateIds(session, type.aggregate());
        this.states = new StatePublisher(
                session, type, new OutboxStore(locked.outbox().names()), slice.job());
    }

    static RepublishChunk open(LockedSlice locked, CapturedType type, int fetchBatchSize) {
        return new RepublishChunk(locked, type, type.open(locked.connection(), fetchBatchSize));
    }

    @Override
    public String perform() {
        RepublishPass next =
                switch (RepublishPass.valueOf(slice.pass())) {
                    case COUNT -> count();
                    case SCAN -> scan();
                    case NAMED -> named();
                    case CONTENDED -> contended();
                    case SECOND_LOOK -> secondLook();
                    case DONE -> DONE;
                };
        return next.name();
    }

    private RepublishPass count() {
        boolean listed = slice.named() || parameters.changedSince() != null;
        long total = listed ? countListed() : ids.count();
        locked.counted(total);
        if (slice.dryRun()) {
            return goTo(DONE);
        }
        if (!listed) {
            divide(total);
        }
        return goTo(listed ? NAMED : SCAN);
    }

    /** Divides a large slice, so that several threads, and instances, have something to do. */
    private void divide(long total) {
        int rangeCount = (int) Math.min(MAX_RANGES, total / ((long) MIN_CHUNKS_OF_A_RANGE * slice.limit()));
        if (rangeCount > 1) {
            List<String> ends = ids.ends(rangeCount, Math.toIntExact(total / rangeCount));
            if (!ends.isEmpty()) {
                locked.divide(ends, SCAN.name());
            }
        }
    }

    private long countListed() {
        if (slice.named()) {
            return items.count();
        }
        Map<String, String> since = Map.of("since", String.valueOf(parameters.changedSince()));
        if (!slice.dryRun()) {
            return items.putAll(CHANGED, since, NAMED.name());
        }
        return locked.outbox()
                .sql("select count(*) from (" + CHANGED + ") as changed")
                .param("type", slice.aggregateType())
                .params(since)
                .query(Long.class)
                .single();
    }

    /** Waits for no lock. */
    private RepublishPass scan() {
        List<String> page = ids.page(slice.lastId(), slice.endId(), slice.limit());
        List<String> published = states.publishAvailable(page);
        List<String> others = without(published, page);
        items.put(others, CONTENDED.name());
        return goOn(page, SCAN, published.size(), others.size());
    }

    private RepublishPass named() {
        List<String> page = items.page(NAMED.name(), slice.lastId(), slice.limit());
        List<String> published = states.publishAvailable(page);
        List<String> others = without(published, page);
        items.delete(published);
        items.put(others, CONTENDED.name());
        return goOn(page, NAMED, published.size(), others.size());
    }

    private RepublishPass contended() {
        Optional<String> next = items.next(CONTENDED.name());
        if (next.isEmpty()) {
            return goTo(SECOND_LOOK);
        }
        String id = next.get();
        locked.singleOut(id);
        if (states.publishWaiting(id)) {
            return done(id, new Step(CONTENDED.name(), null, 1, -1, 0, 0));
        }
        if (!parameters.tombstones()) {
            return done(id, new Step(CONTENDED.name(), null, 0, -1, 1, 0));
        }
        states.publishDeleted(id);
        items.putOff(id, SECOND_LOOK.name());
        return goTo(CONTENDED);
    }

    /**
     * An aggregate that does not exist cannot be locked, so another transaction may have created it beside its delete event. Such a
     * transaction has either ended by now and is seen, or has drawn its sequence, and commits, after the delete event.
     */
    private RepublishPass secondLook() {
        Optional<String> next = items.next(SECOND_LOOK.name());
        if (next.isPresent()) {
            locked.singleOut(next.get());
            states.publishWaiting(next.get());
            return done(next.get(), new Step(SECOND_LOOK.name(), null, 1, -1, 0, 0));
        }
        if (items.count() == 0) {
            return goTo(DONE);
        }
        locked.postpone(HORIZON_INTERVAL, WAITS_FOR_TRANSACTIONS);
        return SECOND_LOOK;
    }

    @Override
    public void leaveOneByOne() {
        boolean scanning = slice.pass().equals(SCAN.name());
        List<String> page = scanning
                ? ids.page(slice.lastId(), slice.endId(), slice.limit())
                : items.page(NAMED.name(), slice.lastId(), slice.limit());
        items.put(page, CONTENDED.name());
        goOn(page, RepublishPass.valueOf(slice.pass()), 0, page.size());
    }

    /** Goes on without a total, from the first aggregate to the last one, undivided. */
    @Override
    public void skipCount() {
        goTo(SCAN);
    }

    private RepublishPass done(String id, Step step) {
        items.delete(List.of(id));
        locked.advance(step);
        return RepublishPass.valueOf(step.pass());
    }

    private RepublishPass goOn(List<String> page, RepublishPass pass, int published, int pending) {
        boolean last = page.size() < slice.limit();
        RepublishPass next = last ? CONTENDED : pass;
        locked.advance(new Step(next.name(), last ? null : page.get(page.size() - 1), published, pending, 0, 0));
        return next;
    }

    private RepublishPass goTo(RepublishPass pass) {
        locked.advance(Step.to(pass.name()));
        return pass;
    }

    private static List<String> without(List<String> published, List<String> page) {
        Set<String> done = new HashSet<>(published);
        return page.stream().filter(id -> !done.contains(id)).toList();
    }

    @Override
    public void close() {
        session.close();
    }
}
