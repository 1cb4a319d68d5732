package dev.fullstate.outbox.republish;

import java.util.List;
import java.util.TreeSet;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.exception.DataException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.jobs.NewJob;

/**
 * A request in terms of the captured aggregates.
 *
 * @param request as it was made
 * @param types of the aggregates to republish
 * @param ids of the aggregates, each once, sorted and in the text form that their events have; null for all
 */
record CapturedRequest(
        RepublishRequest request,
        List<String> types,
        @Nullable List<String> ids) {

    /**
     * @param request for types that are captured
     * @throws InvalidRepublishRequestException for an id that the type cannot have
     */
    static CapturedRequest of(RepublishRequest request, CapturedTypes captured) {
        List<String> types = request.aggregateTypes().isEmpty()
                ? List.copyOf(captured.names())
                : request.aggregateTypes().stream().distinct().toList();
        List<String> ids = request.ids();
        return new CapturedRequest(
                request,
                types,
                ids == null ? null : canonical(captured.get(types.get(0)).aggregate(), ids));
    }

    /**
     * Returns the same request with the ids that the database has for the named ones.
     *
     * @throws InvalidRepublishRequestException for an id that the database cannot have
     */
    CapturedRequest withStoredIds(SharedSessionContractImplementor session, Aggregate aggregate) {
        if (ids == null) {
            return this;
        }
        List<Object> named = ids.stream().map(aggregate::parseId).toList();
        List<Object> stored;
        try {
            stored = aggregate.table().ids().of(session, named);
        } catch (DataException e) {
            throw new InvalidRepublishRequestException(
                    "One of the ids does not fit into the column that '" + aggregate.type() + "' has for them", e);
        }
        return new CapturedRequest(
                request,
                types,
                stored.stream().map(aggregate::idText).sorted().distinct().toList());
    }

    /** Returns the job that meets the request. */
    NewJob job() {
        return new NewJob(
                types,
                ids,
                request.ratePerSecond(),
                request.dryRun(),
                new RepublishParameters(request.changedSince(), request.tombstones()).json());
    }

    /** Returns the ids in canonical form: one for each aggregate, however its letters are cased or its numbers padded. */
    private static List<String> canonical(Aggregate aggregate, List<String> ids) {
        TreeSet<String> canonical = new TreeSet<>();
        ids.forEach(id -> canonical.add(canonical(aggregate, id)));
        return List.copyOf(canonical);
    }

    private static String canonical(Aggregate aggregate, String id) {
        if (id.isEmpty() || id.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidRepublishRequestException(
                    "An id of type '" + aggregate.type() + "' is empty or has a control character");
        }
        try {
            return aggregate.idText(aggregate.parseId(id));
        } catch (RuntimeException e) {
            throw new InvalidRepublishRequestException(
                    "'" + id + "' is not an id of type '" + aggregate.type() + "': "
                            + aggregate.root().getIdentifierType().getName()
                            + " expected, with ':' between several attributes",
                    e);
        }
    }
}
