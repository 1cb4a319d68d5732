package dev.fullstate.outbox.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that work whenever there is something to do. Thread-safe. */
final class Workers {

    private static final Logger log = LoggerFactory.getLogger(Workers.class);

    private final String name;
    private final Function<Runnable, Duration> work;
    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled after each change of the fields below, all of which the lock guards. */
    private final Condition changed = lock.newCondition();
    /** The threads that were started since the last stop; some may have died. */
    private final List<Thread> threads = new ArrayList<>();
    /** Only ever grows. A thread that rests until it has changed misses no request that came while it worked. */
    private long requestCount;
    /** True until the first start and from each stop to the next start; the threads end as soon as they see it. */
    private boolean stopped = true;

    /**
     * Makes workers that do nothing yet.
     *
     * @param name that the threads' names begin with
     * @param work does some work, and returns how long to rest afterwards; it runs what it is given when there is work for other threads too. It
     *     does not throw
     */
    Workers(String name, Function<Runnable, Duration> work) {
        this.name = name;
        this.work = work;
    }

    void start(int count) {
        lock.lock();
        try {
            stopped = false;
            for (int i = 1; i <= count; i++) {
                Thread thread = new Thread(this::run, name + "-" + i);
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops the threads; returns when all have ended their work. */
    void stop() {
        List<Thread> running;
        lock.lock();
        try {
            stopped = true;
            running = List.copyOf(threads);
            threads.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            for (Thread thread : running) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isRunning() {
        lock.lock();
        try {
            return threads.stream().anyMatch(Thread::isAlive);
        } finally {
            lock.unlock();
        }
    }

    /** Has the threads look for work now. */
    void wake() {
        lock.lock();
        try {
            requestCount++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            long seen = requests();
            while (!isStopped()) {
                Duration rest = work.apply(this::wake);
                seen = await(seen, rest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            log.error("A thread of jobs has died; jobs go on in others, or when this instance is restarted", e);
        }
    }

    private long requests() {
        lock.lock();
        try {
            return requestCount;
        } finally {
            lock.unlock();
        }
    }

    private boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Rests, unless there was a request since {@code seen}; returns how many there were. */
    private long await(long seen, Duration rest) throws InterruptedException {
        lock.lock();
        try {
            long remaining = rest.toNanos();
            while (requestCount == seen && !stopped && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
            return requestCount;
        } finally {
            lock.unlock();
        }
    }
}
