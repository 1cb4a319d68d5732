package dev.fullstate.outbox.jobs;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.store.Outbox;

/** The jobs of a kind: their requests and their states. Used within a transaction. */
final class JobTable {

    private final Outbox outbox;
    private final JobKind kind;

    JobTable(Outbox outbox, JobKind kind) {
        this.outbox = outbox;
        this.kind = kind;
    }

    /** Keeps other transactions from starting a job, or changing the state of one, until the end of this one. */
    void lockAgainstStarts() {
        outbox.sql("lock table {outbox_job} in share row exclusive mode").update();
    }

    /** Returns a job that does what the new one would do, and has not ended. */
    Optional<UUID> conflicting(NewJob job) {
        return outbox.sql("""
                        select id from {outbox_job} as j
                         where kind = :kind and state in ('QUEUED', 'RUNNING', 'PAUSED') and dry_run = :dryRun
                           and ids is not distinct from cast(:ids as text[])
                           and exists (select from {outbox_job_slice}
                                        where job_id = j.id and aggregate_type = any (:types))
                         order by created_at limit 1
                        """)
                .param("kind", kind.name())
                .param("dryRun", job.dryRun())
                .param("ids", SliceTable.array(job.ids()))
                .param("types", SliceTable.array(job.types()))
                .query(UUID.class)
                .optional();
    }

    void insert(UUID id, NewJob job, String requestedBy) {
        outbox.sql("""
                        insert into {outbox_job}
                               (id, kind, ids, rate_per_second, dry_run, parameters, requested_by)
                        values (:id, :kind, cast(:ids as text[]), cast(:rate as integer), :dryRun, cast(:parameters as jsonb), :by)
                        """)
                .param("id", id)
                .param("kind", kind.name())
                .param("ids", SliceTable.array(job.ids()))
                .param("rate", job.ratePerSecond())
                .param("dryRun", job.dryRun())
                .param("parameters", job.parameters())
                .param("by", requestedBy)
                .update();
        outbox.sql(
                        "insert into {outbox_job_slice} (job_id, aggregate_type) select cast(:id as uuid), unnest(cast(:types as text[]))")
                .param("id", id)
                .param("types", SliceTable.array(job.types()))
                .update();
        outbox.sql("""
                        insert into {outbox_job_item} (job_id, aggregate_type, aggregate_id, pass)
                        select :id, :type, id, :pass from unnest(cast(:ids as text[])) as id
                        """)
                .param("id", id)
                .param("type", job.types().get(0))
                .param("pass", Slice.NAMED)
                .param("ids", SliceTable.array(job.ids()))
                .update();
        outbox.sql("insert into {outbox_job_action} (job_id, action, actor) values (:id, 'start', :by)")
                .param("id", id)
                .param("by", requestedBy)
                .update();
    }

    /** Has instances begin with the jobs that are queued and have a type that this one knows; returns how many there were. */
    int startQueued() {
        return outbox.sql("""
                        update {outbox_job} as j
                           set state = 'RUNNING', started_at = coalesce(started_at, clock_timestamp()),
                               rate_since = clock_timestamp(), updated_at = clock_timestamp(),
                               rate_from = (select sum(done_count + skipped_count + failed_count)
                                              from {outbox_job_slice} where job_id = j.id)
                         where kind = :kind and state = 'QUEUED'
                           and exists (select from {outbox_job_slice} where job_id = j.id and aggregate_type = any (:types))
                        """)
                .param("kind", kind.name())
                .param("types", SliceTable.array(kind.types()))
                .update();
    }

    /**
     * Has the rates of running jobs count from now on that allow the next chunk at a time far from now: the clock was set, or the job could not
     * go on for long. It neither waits until the clock is there again, nor makes up for the time.
     */
    int restartRates() {
        return outbox.sql("""
                        update {outbox_job} as j
                           set rate_since = clock_timestamp(),
                               rate_from = (select sum(done_count + skipped_count + failed_count)
                                              from {outbox_job_slice} where job_id = j.id)
                         where kind = :kind and state = 'RUNNING' and rate_per_second is not null
                           and %s not between clock_timestamp() - interval '5 minutes' and clock_timestamp() + interval '5 minutes'
                        """.formatted(SliceTable.RATE_ALLOWS_AT))
                .param("kind", kind.name())
                .update();
    }

    /**
     * Changes the state of a job for a caller, if it is in one of these.
     *
     * @return whether it has
     */
    boolean change(UUID id, Action action, Set<State> from, State to, String actor) {
        return outbox.sql("""
                        with changed as (
                            update {outbox_job}
                               set state = :to, updated_at = clock_timestamp(),
                                   finished_at = case when :final then clock_timestamp() end
                             where id = :id and kind = :kind and state = any (:from)
                            returning id)
                        insert into {outbox_job_action} (job_id, action, actor)
                        select id, :action, :actor from changed
                        """)
                        .param("to", to.name())
                        .param("final", to.isFinal())
                        .param("id", id)
                        .param("kind", kind.name())
                        .param(
                                "from",
                                SliceTable.array(from.stream().map(State::name).collect(Collectors.toSet())))
                        .param("action", action.toString())
                        .param("actor", actor)
                        .update()
                == 1;
    }

    /**
     * Waits, after a change of the job's state is committed, for the chunks that are under way, and removes the items if
     * the job has ended. No chunk begins any more, because each reads the state when it has its slice (ADR 7).
     *
     * @return the number of slices that the job has
     */
    int settle(UUID id, State state) {
        int sliceCount = outbox.sql("select pass from {outbox_job_slice} where job_id = :id"
                        + " order by aggregate_type, slice_number for update")
                .param("id", id)
                .query(String.class)
                .list()
                .size();
        if (state.isFinal()) {
            outbox.sql("delete from {outbox_job_item} where job_id = :id")
                    .param("id", id)
                    .update();
        }
        return sliceCount;
    }

    /** Ends a job early; returns false if it had ended, or was paused, before. */
    boolean fail(UUID id, String error) {
        return outbox.sql("""
                        update {outbox_job}
                           set state = 'FAILED', error = :error, updated_at = clock_timestamp(), finished_at = clock_timestamp()
                         where id = :id and state = 'RUNNING'
                        """).param("error", error).param("id", id).update() == 1;
    }

    /** Returns the running jobs that have slices left of types that this instance does not know. */
    List<UUID> unknown() {
        return outbox.sql("""
                        select id from {outbox_job} as j
                         where kind = :kind and state = 'RUNNING'
                           and exists (select from {outbox_job_slice}
                                        where job_id = j.id and pass <> 'DONE' and aggregate_type <> all (:types))
                        """)
                .param("kind", kind.name())
                .param("types", SliceTable.array(kind.types()))
                .query(UUID.class)
                .list();
    }

    /** Ends the jobs of which everything is done. The transaction after the last slice sees all others, as they are committed. */
    List<UUID> endFinished() {
        return outbox.sql("""
                        update {outbox_job} as j
                           set state = case when done.failed > 0 then 'FAILED' else 'COMPLETED' end,
                               error = case when done.failed > 0 then format(
                                   '%s aggregates failed, all others are done. The first one: %s', done.failed, done.error) end,
                               updated_at = clock_timestamp(), finished_at = clock_timestamp()
                          from (select job_id, sum(failed_count) as failed, min(error) as error
                                  from {outbox_job_slice}
                                 where job_id in (select id from {outbox_job} where kind = :kind and state = 'RUNNING')
                                 group by job_id having bool_and(pass = 'DONE')) as done
                         where j.id = done.job_id and j.state = 'RUNNING'
                        returning j.id
                        """).param("kind", kind.name()).query(UUID.class).list();
    }
}
