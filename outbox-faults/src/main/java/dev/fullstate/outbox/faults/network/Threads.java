package dev.fullstate.outbox.faults.network;

/** Threads that keep no JVM from ending. */
final class Threads {

    private Threads() {}

    static void start(String name, Runnable run) {
        Thread thread = new Thread(run, name);
        thread.setDaemon(true);
        thread.start();
    }
}
