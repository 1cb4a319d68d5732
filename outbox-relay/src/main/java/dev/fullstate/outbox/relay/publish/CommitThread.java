package dev.fullstate.outbox.relay.publish;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

import dev.fullstate.outbox.relay.kafka.LogContext;

/** Runs the commits of one publisher, one after the other, apart from the loop. */
final class CommitThread {

    private CommitThread() {}

    /** {@return what starts the thread, when a publisher is made; its log lines carry what those of the caller carry then} */
    static Supplier<ExecutorService> of(PublisherSettings settings) {
        return () -> {
            LogContext context = LogContext.current();
            return Executors.newSingleThreadExecutor(run -> {
                Thread thread = new Thread(
                        () -> {
                            context.apply();
                            run.run();
                        },
                        settings.kafka().clientId() + "-commit");
                thread.setDaemon(true);
                return thread;
            });
        };
    }
}
