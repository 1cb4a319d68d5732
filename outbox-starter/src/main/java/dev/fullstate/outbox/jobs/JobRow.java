package dev.fullstate.outbox.jobs;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.jobs.Job.ActionTaken;
import dev.fullstate.outbox.jobs.Job.PartitionEnd;
import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.jobs.Job.TypeProgress;

/** A job without its slices, as it was at a moment. */
record JobRow(
        UUID id,
        State state,
        @Nullable Integer idCount,
        @Nullable Integer ratePerSecond,
        boolean dryRun,
        String parameters,
        @Nullable Instant rateSince,
        long rateFrom,
        @Nullable String unknownTypes,
        @Nullable String waitingFor,
        @Nullable String error,
        String requestedBy,
        Instant createdAt,
        @Nullable Instant startedAt,
        Instant updatedAt,
        @Nullable Instant finishedAt,
        Instant now) {

    static JobRow of(ResultSet row, int number) throws SQLException {
        return new JobRow(
                row.getObject("id", UUID.class),
                State.valueOf(row.getString("state")),
                row.getObject("id_count", Integer.class),
                row.getObject("rate_per_second", Integer.class),
                row.getBoolean("dry_run"),
                row.getString("parameters"),
                instant(row, "rate_since"),
                row.getLong("rate_from"),
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

    Job job(
            List<TypeProgress> types,
            List<ActionTaken> actions,
            @Nullable List<PartitionEnd> ends,
            @Nullable String obstacle) {
        Double rate = rate(types);
        return new Job(
                id,
                state,
                idCount,
                ratePerSecond,
                dryRun,
                parameters,
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
                ends);
    }

    private @Nullable String waitingFor(@Nullable String obstacle) {
        if (obstacle != null) {
            return obstacle;
        }
        if (waitingFor != null) {
            return waitingFor;
        }
        return unknownTypes == null
                ? null
                : "an instance that captures [" + unknownTypes
                        + "], which this one does not; cancel the job if there is none any more";
    }

    private @Nullable Double rate(List<TypeProgress> types) {
        Instant until = state == State.RUNNING ? now : updatedAt;
        if (dryRun || state == State.QUEUED || rateSince == null || !until.isAfter(rateSince)) {
            return null;
        }
        double seconds = Duration.between(rateSince, until).toNanos() / 1e9;
        return Math.round(10 * (finished(types) - rateFrom) / seconds) / 10.0;
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
        return now.plusMillis(Math.round(1000 * Math.max(0, total - finished(types)) / rate));
    }

    private static long finished(List<TypeProgress> types) {
        return types.stream().mapToLong(TypeProgress::finished).sum();
    }
}
