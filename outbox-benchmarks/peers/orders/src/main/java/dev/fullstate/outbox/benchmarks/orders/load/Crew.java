package dev.fullstate.outbox.benchmarks.orders.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The threads that write. The first failure of one is the failure of the load. */
final class Crew {

    private final List<Future<?>> work = new ArrayList<>();

    /** The work of one thread until the load is over. */
    interface Writer {
        void write() throws InterruptedException;
    }

    /** Chooses the work of each thread by its number. */
    interface Assignment {
        Writer of(int thread);
    }

    static Crew start(int threads, Assignment assignment) {
        Crew crew = new Crew();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        for (int thread = 0; thread < threads; thread++) {
            Writer writer = assignment.of(thread);
            crew.work.add(executor.submit(() -> {
                writer.write();
                return null;
            }));
        }
        executor.shutdown();
        return crew;
    }

    /** Returns when all threads are done. */
    void join() throws InterruptedException, ExecutionException {
        for (Future<?> writer : work) {
            writer.get();
        }
    }
}
