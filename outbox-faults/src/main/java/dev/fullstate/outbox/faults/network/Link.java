package dev.fullstate.outbox.faults.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.harness.server.Ports;

/**
 * A TCP proxy on 127.0.0.1 whose connections can be disturbed. Without a fault it passes all bytes on. It resets connections while the
 * server is away. Any thread may disturb and heal it.
 */
public final class Link implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Link.class);

    private final String name;
    /** Of new connections. */
    private volatile int serverPort;

    private final ServerSocket listener;
    private final Set<LinkedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Flow toServer = new Flow();
    private final Flow toClient = new Flow();
    /** True while new connections lead nowhere. */
    private volatile boolean swallowing;
    /** The cut of new connections; null for none. */
    private volatile @Nullable Cut cut;

    private Link(String name, int serverPort, ServerSocket listener) {
        this.name = name;
        this.serverPort = serverPort;
        this.listener = listener;
    }

    /**
     * Opens a proxy, on any free port.
     *
     * @param name       for the threads
     * @param serverPort where the server is, or will be
     */
    public static Link to(String name, int serverPort) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free()));
            Link link = new Link(name, serverPort, listener);
            Threads.start(name + "-accept", link::accept);
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy to " + name + " could not start", e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                open(listener.accept());
            } catch (IOException e) {
                log.debug("A client of {} has gone already, or the proxy is closed", name, e);
            }
        }
    }

    private void open(Socket client) throws IOException {
        client.setTcpNoDelay(true);
        Socket server = null;
        int port = serverPort;
        if (!swallowing) {
            server = new Socket();
            try {
                server.setTcpNoDelay(true);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException nobodyThere) {
                server.close();
                LinkedConnection.reset(client);
                return;
            }
        }
        LinkedConnection connection = new LinkedConnection(client, server, cut);
        connections.add(connection);
        if (port != serverPort) {
            // The link was redirected since, and the cut of the connections has missed this one.
            connection.cut();
        }
        connection.start(name, toServer, toClient, () -> connections.remove(connection));
    }

    /** {@return where clients connect to} */
    public int port() {
        return listener.getLocalPort();
    }

    public int connectionCount() {
        return connections.size();
    }

    /** {@return how many bytes the link has received so far, both ways, on all connections} */
    public long byteCount() {
        return toServer.passedBytes() + toClient.passedBytes();
    }

    /** Resets all connections; new ones lead to another server. */
    public void redirect(int port) {
        serverPort = port;
        cut();
    }

    /** Resets all connections; new ones are served. */
    public void cut() {
        connections.forEach(LinkedConnection::cut);
    }

    /** Cuts connections that are opened from now on; null ends that. */
    public void cutEach(@Nullable Cut each) {
        cut = each;
    }

    /**
     * Swallows all bytes, without any sign, also on connections that are opened later. {@link #heal()} helps those that are opened
     * after it: for the others the clients will never get an answer, while the server gets a reset then, as after its own
     * time-out.
     */
    public void blackHole() {
        swallowing = true;
        connections.forEach(LinkedConnection::swallow);
    }

    /** Stops all bytes of a direction on their way, until the link is healed; none gets lost. */
    public void hold(Direction direction) {
        flow(direction).hold();
    }

    /** Lets that many bytes pass in a second, in each direction, for all connections together. */
    public void throttle(long bytesPerSecond) {
        toServer.limit(bytesPerSecond);
        toClient.limit(bytesPerSecond);
    }

    /** Ends all disturbances. */
    public void heal() {
        cut = null;
        swallowing = false;
        toServer.release();
        toClient.release();
        connections.forEach(LinkedConnection::resetServerIfSwallowed);
    }

    private Flow flow(Direction direction) {
        return direction == Direction.TO_SERVER ? toServer : toClient;
    }

    @Override
    public String toString() {
        return "link to " + name;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy to " + name + " could not be closed", e);
        }
        heal();
        cut();
    }
}
