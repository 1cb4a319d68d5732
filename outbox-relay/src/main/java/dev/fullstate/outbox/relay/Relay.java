package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.failure.Wording;
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;
import dev.fullstate.outbox.relay.position.Progress;
import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.RefusedRecordException;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;
import dev.fullstate.outbox.relay.wal.DatabaseSetupException;
import dev.fullstate.outbox.relay.wal.WalException;
import dev.fullstate.outbox.relay.wal.WalSource;

/**
 * Publishes one outbox: the only loop, and the only owner of the state that changes.
 *
 * <p>It publishes every event, once or at least once as the publisher promises, and per key in the order of commits; it confirms nothing to
 * PostgreSQL before Kafka has it. After any failure it gives up both connections, and after a growing delay it goes on after the published
 * position (exactly once) or the confirmed one (at least once).
 *
 * <p>Runs on a thread of its own between {@link #start()} and {@link #stop()}; any thread may call {@link #status()} and
 * {@link #statistics()}. If the relay's thread dies, the application's liveness is broken: only a new process mends an {@link Error}.
 */
public final class Relay
        implements SmartLifecycle, ApplicationEventPublisherAware, ApplicationListener<ApplicationReadyEvent> {

    /** The key under which every log line of the relay's thread carries the name of its pipeline. */
    public static final String MDC_KEY = "pipeline";

    /** Starts before the web server and stops after it, so that the events of the last requests still go out. */
    static final int PHASE = DEFAULT_PHASE - 4096;

    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final RelaySettings settings;
    private final Stages stages;
    private final Backoff backoff;
    private final FailureLog failures;
    /** The present activity, which alone holds connections; only the loop's thread touches it. */
    private Activity activity;
    /** Written by the loop after each step, and by {@link #start()} before there is a loop. */
    private volatile RelayStatus status;
    /** The state that the log shows: the present one, unless the relay fails in the same way again and again. */
    private RelayState logged = RelayState.STARTING;
    /** Open until the loop has to end; a new one for each thread. */
    private volatile CountDownLatch stopRequested = new CountDownLatch(1);
    /** The loop's thread, which may be dead; null before its start, and after it has ended in an orderly way. */
    private volatile @Nullable Thread thread;
    /** Null outside of an application context. */
    private @Nullable ApplicationEventPublisher events;

    /** @param publisher prepares a publisher for the pipeline of this name; called again after each failure */
    public Relay(
            RelaySettings settings, WalSource source, Router router, Function<String, PreparedPublisher> publisher) {
        this(settings, source, router, publisher, System::nanoTime);
    }

    Relay(
            RelaySettings settings,
            WalSource source,
            Router router,
            Function<String, PreparedPublisher> publisher,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.stages = new Stages(
                settings,
                source,
                router,
                publisher,
                nanoTime,
                new Refusals(),
                new UnavailableTopics(nanoTime),
                new RelayStatistics(InstantSource.system()),
                new BoundedLog(nanoTime));
        this.failures = new FailureLog(nanoTime);
        this.backoff = new Backoff(settings, nanoTime);
        this.activity = new Connecting(stages);
        this.status = new RelayStatus(RelayState.STARTING, settings.slotName(), null, null);
    }

    /**
     * Checks the database's set-up and starts the relay's thread. The relay waits for a database or a broker that is not reachable, and for
     * an outbox that is not there yet.
     *
     * @throws DatabaseSetupException if the database or a role has to be changed first
     */
    @Override
    public void start() {
        if (thread == null) {
            requireSetup();
            launch(this::run);
        }
    }

    /** Starts the relay's thread, which checks the set-up by itself: this relay waits also for people to change it, as the status says. */
    void startInBackground() {
        if (thread == null) {
            launch(this::checkSetupAndRun);
        }
    }

    private void launch(Runnable work) {
        boolean failed = status.state() == RelayState.FAILED;
        status = new RelayStatus(RelayState.STARTING, settings.slotName(), null, null);
        logged = RelayState.STARTING;
        if (events != null && failed) {
            AvailabilityChangeEvent.publish(events, this, LivenessState.CORRECT);
        }
        stopRequested = new CountDownLatch(1);
        Thread loop = new Thread(work, "outbox-relay-" + settings.slotName());
        loop.start();
        thread = loop;
    }

    /** Stops reading, waits a while for the events in flight, confirms them and ends the thread. */
    @Override
    public void stop() {
        requestStop();
        awaitEnd(Duration.ZERO);
    }

    /** Has the loop end, and does not wait for it. */
    void requestStop() {
        stopRequested.countDown();
    }

    /**
     * Waits for the end that was requested.
     *
     * @param waited the time since the request
     */
    void awaitEnd(Duration waited) {
        Thread loop = thread;
        if (loop == null) {
            return;
        }
        try {
            // Twice, because a step that is in progress may use up one. A join of 0 ms would wait for ever.
            Duration rest = settings.shutdownTimeout().multipliedBy(2).minus(waited);
            loop.join(Math.max(1, rest.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (loop.isAlive()) {
            log.warn(
                    "The thread of relay '{}' has not ended yet; events that no committed position covers are published again",
                    settings.slotName());
        } else {
            thread = null;
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** Returns the status of the relay, which shows also the death of a thread that could not report it any more. */
    public RelayStatus status() {
        Thread loop = thread;
        // Asked first: the thread reports its end before it is dead.
        boolean isDead = loop != null && !loop.isAlive();
        RelayStatus last = status;
        boolean ended = last.state() == RelayState.STOPPED || last.state() == RelayState.FAILED;
        return !isDead || ended
                ? last
                : new RelayStatus(
                        RelayState.FAILED,
                        last.slotName(),
                        last.progress(),
                        Problem.ofDeadThread("the cause is unknown"),
                        last.warnings());
    }

    /** Returns the counts of the relay's work so far. */
    public RelayStatistics statistics() {
        return stages.statistics();
    }

    @Override
    public void setApplicationEventPublisher(ApplicationEventPublisher publisher) {
        events = publisher;
    }

    /** Reports a thread that has died during the start: an application reports itself alive once it has started. */
    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        if (events != null && status().state() == RelayState.FAILED) {
            AvailabilityChangeEvent.publish(events, this, LivenessState.BROKEN);
        }
    }

    private void requireSetup() {
        MDC.put(MDC_KEY, settings.slotName());
        try {
            stages.source().preflight();
        } catch (DatabaseSetupException e) {
            throw e;
        } catch (WalException e) {
            logNotReady(e);
        } finally {
            MDC.remove(MDC_KEY);
        }
    }

    /** The loop meets the same failure, and logs it in full. */
    private static void logNotReady(WalException e) {
        log.info("The database is not ready for the relay, which waits for it: {}", e.getMessage());
    }

    private void checkSetupAndRun() {
        MDC.put(MDC_KEY, settings.slotName());
        try {
            stages.source().preflight();
        } catch (WalException e) {
            logNotReady(e);
        } catch (RuntimeException e) {
            // As in the loop, which tries again and reports it.
            log.debug("The set-up could not be looked at", e);
        } catch (Error e) {
            die(e);
            return;
        }
        if (stopRequested.getCount() == 0) {
            end();
        } else {
            run();
        }
    }

    /** Runs the loop, until {@link #stop()}. */
    private void run() {
        MDC.put(MDC_KEY, settings.slotName());
        try {
            while (!stopRequested.await(next().toNanos(), TimeUnit.NANOSECONDS)) {
                // Go on.
            }
            end();
        } catch (InterruptedException e) {
            // The interrupt is not that of stop(), which does not interrupt.
            Thread.currentThread().interrupt();
            die(e);
        } catch (RuntimeException | Error e) {
            die(e);
        }
    }

    /** Reports the death of the thread before anything else: memory may be short. */
    private void die(Throwable cause) {
        enter(RelayState.FAILED, Problem.ofDeadThread(cause.toString()));
        if (events != null) {
            AvailabilityChangeEvent.publish(events, this, LivenessState.BROKEN);
        }
        log.error(
                "The relay's thread has died; this relay publishes nothing until the application is restarted", cause);
        giveUp();
    }

    /** Waits for work where nothing is under way, then steps: a test that owns the time steps without that. */
    private Duration next() {
        try {
            activity.awaitWork();
        } catch (RuntimeException e) {
            return recover(e);
        }
        return step();
    }

    /** Does one bounded piece of work; returns how long to wait before the next. */
    Duration step() {
        try {
            activity = activity.step();
            noteSuccess();
            return activity.isIdle() ? activity.pollInterval(settings) : Duration.ZERO;
        } catch (RuntimeException e) {
            return recover(e);
        }
    }

    private void noteSuccess() {
        if (activity.state() == RelayState.STARTING) {
            return;
        }
        Progress progress = activity.progress();
        if (backoff.noteSuccess(progress) && activity.problem() == null) {
            failures.over();
        }
        if (progress != null && !progress.equals(status.progress())) {
            status =
                    new RelayStatus(status.state(), settings.slotName(), progress, status.problem(), status.warnings());
        }
        warn(activity.warnings());
        enter(activity.state(), activity.problem());
    }

    private void warn(@Nullable List<Warning> warnings) {
        RelayStatus last = status;
        if (warnings == null || warnings.equals(last.warnings())) {
            return;
        }
        status = new RelayStatus(last.state(), settings.slotName(), last.progress(), last.problem(), warnings);
        warnings.stream()
                .filter(warning -> !last.warnings().contains(warning))
                .forEach(warning -> stages.log().warn(Wording.withRemedy(warning.message(), warning.remedy())));
    }

    private Duration recover(RuntimeException e) {
        giveUp();
        if (e instanceof RefusedRecordException refusal) {
            stages.refusals().note(refusal);
        } else if (e instanceof UnpublishableRowException) {
            // The next attempt is one for Kafka too: the topic's limit may have been raised.
            stages.refusals().forget();
        }
        Problem problem = Problem.of(e);
        boolean isNews = e instanceof UnavailableTopicsException refusal
                && stages.unavailable().note(refusal, problem);
        stages.statistics().countFailure(problem.kind());
        // Each topic that takes no events is one failure more, or two, until all others are published.
        Duration delay = isNews ? backoff.firstDelay() : backoff.nextDelay();
        failures.failed(problem, e, delay);
        enter(problem.kind() == FailureKind.STEP_DOWN ? RelayState.STANDBY : RelayState.RETRYING, problem);
        return delay;
    }

    /** Ends the present activity: waits for events in flight and confirms them, as far as there is time. */
    void end() {
        try {
            activity.drain(settings.shutdownTimeout());
        } catch (RuntimeException e) {
            log.warn(
                    "The events in flight could not be confirmed; those that no committed position covers are published again at the next start",
                    e);
        }
        giveUp();
        enter(RelayState.STOPPED, null);
    }

    private void giveUp() {
        try {
            activity.close();
        } catch (RuntimeException e) {
            log.warn("Connections that are given up did not close cleanly", e);
        }
        activity = new Connecting(stages);
        stages.statistics().resetInFlight();
    }

    private void enter(RelayState state, @Nullable Problem problem) {
        RelayStatus previous = status;
        if (state != previous.state() || !Objects.equals(problem, previous.problem())) {
            status = new RelayStatus(state, settings.slotName(), previous.progress(), problem, previous.warnings());
            if (state == RelayState.STREAMING) {
                failures.streamsWith(problem);
            }
        }
        boolean isEnd = state == RelayState.STOPPED || state == RelayState.FAILED;
        if (state != logged && (isEnd || !failures.isRepeating())) {
            log.info("Relay state: {} -> {}", logged, state);
            logged = state;
        }
    }
}
