package dev.fullstate.outbox.republish;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.republish.RepublishJob.ActionTaken;
import dev.fullstate.outbox.republish.RepublishJob.PartitionEnd;
import dev.fullstate.outbox.republish.RepublishJob.State;
import dev.fullstate.outbox.republish.RepublishJob.TypeProgress;

/** A job without its parts, as it was at a moment. */
record JobRow(
        UUID id,
        State state,
        @Nullable Integer idCount,
        @Nullable Instant changedSince,
        @Nullable Integer ratePerSecond,
        boolean dryRun,
        boolean tombstones,
        @Nullable Instant rateSince,
        long rateFrom,
        boolean looksAgain,
        @Nullable String unknownTypes,
        @Nullable String waitingFor,
        @Nullable String error,
        String requestedBy,
        Instant createdAt,
        @Nullable Instant startedAt,
        Instant updatedAt,
        @Nullable Instant finishedAt,
        Instant now) {

    private static final String WAITS_FOR_TRANSACTIONS =
            "transactions that were open when delete events were written: they may have created the aggregate anew";

    static JobRow of(ResultSet row, int number) throws SQLException {
        return new JobRow(
                row.getObject("id", UUID.class),
                State.valueOf(row.getString("state")),
                row.getObject("id_count", Integer.class),
                instant(row, "changed_since"),
                row.getObject("rate_per_second", Integer.class),
                row.getBoolean("dry_run"),
                row.getBoolean("tombstones"),
                instant(row, "rate_since"),
                row.getLong("rate_from"),
                row.getBoolean("looks_again"),
                row.getString("unknown_types"),
                row.getString("waiting_for"),
                row.getString("error"),
                row.getString("requested_by"),
                Objects.requireNonNull(instant(row, "created_at")),
                instant(row, "started_at"),
                Objects.requireNonNull(instant(row, "updated_at")),
                instant(row, "finished_at"),
                Objects.requireNonNull(instant(row, "now")));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    RepublishJob job(
            List<TypeProgress> types,
            List<ActionTaken> actions,
            @Nullable List<PartitionEnd> rebuiltAt,
            @Nullable String obstacle) {
        Double rate = rate(types);
        return new RepublishJob(
                id,
                state,
                idCount,
                changedSince,
                ratePerSecond,
                dryRun,
                tombstones,
                types,
                rate,
                rate == null ? null : estimatedEnd(types, rate),
                state == State.QUEUED || state == State.RUNNING ? waitingFor(obstacle) : null,
                error,
                requestedBy,
                createdAt,
                startedAt,
                finishedAt,
                actions,
                rebuiltAt);
    }

    private @Nullable String waitingFor(@Nullable String obstacle) {
        if (obstacle != null) {
            return obstacle;
        }
        if (waitingFor != null) {
            return waitingFor;
        }
        if (unknownTypes != null) {
            return "an instance that captures [" + unknownTypes
                    + "], which this one does not; cancel the job if there is none any more";
        }
        return looksAgain ? WAITS_FOR_TRANSACTIONS : null;
    }

    private @Nullable Double rate(List<TypeProgress> types) {
        Instant until = state == State.RUNNING ? now : updatedAt;
        if (dryRun || state == State.QUEUED || rateSince == null || !until.isAfter(rateSince)) {
            return null;
        }
        double seconds = Duration.between(rateSince, until).toNanos() / 1e9;
        return Math.round(10 * (done(types) - rateFrom) / seconds) / 10.0;
    }

    private @Nullable Instant estimatedEnd(List<TypeProgress> types, double rate) {
        if (state != State.RUNNING || rate <= 0) {
            return null;
        }
        long total = 0;
        for (TypeProgress type : types) {
            Long count = type.total();
            if (count == null) {
                return null;
            }
            total += count;
        }
        return now.plusMillis(Math.round(1000 * Math.max(0, total - done(types)) / rate));
    }

    private static long done(List<TypeProgress> types) {
        return types.stream().mapToLong(TypeProgress::done).sum();
    }
}
