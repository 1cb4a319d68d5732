package dev.fullstate.outbox.faults.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/** One connection through a link: two sockets, and a thread for each direction. */
final class LinkedConnection {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final Socket client;
    private final @Nullable Socket server;
    private final @Nullable Cut cut;
    private final AtomicInteger pumpCount = new AtomicInteger();
    private final AtomicLong bytesToCut = new AtomicLong(Long.MAX_VALUE);
    /** Never false again once it is true. */
    private volatile boolean swallowing;

    /** @param server null if the connection is to be swallowed from its beginning */
    LinkedConnection(Socket client, @Nullable Socket server, @Nullable Cut cut) {
        this.client = client;
        this.server = server;
        this.cut = cut;
        this.swallowing = server == null;
    }

    void start(String name, Flow toServer, Flow toClient, Runnable ended) {
        pumpCount.set(server == null ? 1 : 2);
        Threads.start(name + "-to-server", () -> run(client, server, Direction.TO_SERVER, toServer, ended));
        if (server != null) {
            Threads.start(name + "-to-client", () -> run(server, client, Direction.TO_CLIENT, toClient, ended));
        }
    }

    private void run(Socket from, @Nullable Socket to, Direction direction, Flow flow, Runnable ended) {
        try {
            pump(from, to, direction, flow);
            if (to != null && !swallowing) {
                to.shutdownOutput();
            }
        } catch (IOException brokenOff) {
            if (!swallowing) {
                cut();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cut();
        } finally {
            if (pumpCount.decrementAndGet() == 0) {
                end();
                ended.run();
            }
        }
    }

    private void pump(Socket from, @Nullable Socket to, Direction direction, Flow flow)
            throws IOException, InterruptedException {
        InputStream input = from.getInputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        boolean opening = direction == Direction.TO_SERVER;
        for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
            if (opening) {
                choose(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                opening = false;
            }
            flow.pass(count);
            if (to != null && !swallowing) {
                pass(buffer, count, to, direction);
            }
        }
    }

    private void choose(String opening) {
        if (cut != null && cut.which().test(opening)) {
            bytesToCut.set(cut.afterBytes().getAsLong());
        }
    }

    private void pass(byte[] buffer, int count, Socket to, Direction direction) throws IOException {
        if (cut == null || cut.direction() != direction) {
            to.getOutputStream().write(buffer, 0, count);
            return;
        }
        int passing = (int) Math.min(count, bytesToCut.get());
        to.getOutputStream().write(buffer, 0, passing);
        if (bytesToCut.addAndGet(-passing) == 0) {
            // A reset would take back bytes that the receiver has not read yet.
            end();
        }
    }

    private void end() {
        close(client);
        if (server != null) {
            close(server);
        }
    }

    void swallow() {
        swallowing = true;
    }

    void resetServerIfSwallowed() {
        if (swallowing && server != null) {
            reset(server);
        }
    }

    void cut() {
        reset(client);
        if (server != null) {
            reset(server);
        }
    }

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException closedAlready) {
            return;
        }
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("A socket could not be closed", e);
        }
    }
}
