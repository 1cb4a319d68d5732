package dev.fullstate.outbox.faults.point;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The harness's side of a {@link FaultyRelay}: sends commands, and receives the names of points that fail. */
public final class Control implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Control.class);
    private static final int CONNECT_MILLIS = 120_000;

    private final ServerSocket listener;
    private final Set<String> hits = ConcurrentHashMap.newKeySet();
    /** Null before the relay's process has connected; so is {@code commands}. */
    private @Nullable Socket socket;

    private @Nullable PrintWriter commands;

    private Control(ServerSocket listener) {
        this.listener = listener;
    }

    /** Listens, without a connection yet; the relay's process needs the {@link #port()}. */
    public static Control open() {
        try {
            ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            listener.setSoTimeout(CONNECT_MILLIS);
            return new Control(listener);
        } catch (IOException e) {
            throw new UncheckedIOException("No port is free for the control of a relay", e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Waits until the relay's process has connected. */
    public void connect() {
        try {
            Socket connected = listener.accept();
            socket = connected;
            commands = new PrintWriter(connected.getOutputStream(), true, StandardCharsets.UTF_8);
            Thread listening = new Thread(() -> listen(connected), "control");
            listening.setDaemon(true);
            listening.start();
        } catch (IOException e) {
            throw new UncheckedIOException("The relay's process did not connect", e);
        }
    }

    private void listen(Socket connected) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(connected.getInputStream(), StandardCharsets.UTF_8))) {
            for (String point = reader.readLine(); point != null; point = reader.readLine()) {
                hits.add(point);
            }
        } catch (IOException e) {
            log.debug("The relay's process has ended", e);
        }
    }

    /** Lets the relay run. */
    public void start() {
        send("start");
    }

    /**
     * Chooses the one point that fails, once.
     *
     * @param skip how many times it is passed before it fails
     */
    public void arm(String point, Failure failure, long skip) {
        hits.remove(point);
        send("arm " + point + " " + failure + " " + skip);
    }

    /** Removes all failures, and releases the threads that are held. */
    public void disarm() {
        send("disarm");
    }

    /** {@return whether the point has failed since it was armed} */
    public boolean wasHit(String point) {
        return hits.contains(point);
    }

    private void send(String command) {
        PrintWriter connected = commands;
        if (connected == null) {
            throw new IllegalStateException("The relay's process has not connected; not sent: " + command);
        }
        connected.println(command);
    }

    @Override
    public void close() {
        try {
            listener.close();
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The control of a relay could not be closed", e);
        }
    }
}
