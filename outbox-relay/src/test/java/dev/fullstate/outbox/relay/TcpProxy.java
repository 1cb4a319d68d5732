package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A network that can begin to swallow its bytes: no answer, no reset, and new connections are accepted but lead nowhere. */
final class TcpProxy implements AutoCloseable {

    private final int target;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private volatile boolean swallowing;

    /** A connection through the proxy. */
    static final class Link {

        private final Socket client;
        private final Socket server;
        private final AtomicLong allowedBytes = new AtomicLong(Long.MAX_VALUE);

        private Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        /** Returns the port from which the server is connected. */
        int port() {
            return server.getLocalPort();
        }

        /** Lets that many more bytes through to the client, then swallows everything in both directions. */
        void swallowAfter(long byteCount) {
            allowedBytes.set(byteCount);
        }
    }

    private TcpProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(() -> untilClosed(this::accept));
    }

    static TcpProxy to(int port) throws IOException {
        return new TcpProxy(port);
    }

    int port() {
        return server.getLocalPort();
    }

    List<Link> links() {
        return links;
    }

    void swallow() {
        swallowing = true;
        links.forEach(link -> link.swallowAfter(0));
    }

    /** New connections work again; the old ones stay dead. */
    void heal() {
        swallowing = false;
    }

    private interface Transfer {

        void run() throws IOException;
    }

    private static void untilClosed(Transfer transfer) {
        try {
            transfer.run();
        } catch (IOException e) {
            // One of the sockets is closed, as at the end of each transfer.
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = server.accept();
            Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
            link.client.setTcpNoDelay(true);
            if (swallowing) {
                link.swallowAfter(0);
            }
            links.add(link);
            threads.execute(() -> untilClosed(() -> pump(link, link.client, link.server, false)));
            threads.execute(() -> untilClosed(() -> pump(link, link.server, link.client, true)));
        }
    }

    /** Copies bytes, and closes neither stream: that would close the socket, and the other end would see it. */
    private static void pump(Link link, Socket from, Socket to, boolean counted) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            long allowed = counted ? link.allowedBytes.getAndAdd(-count) : link.allowedBytes.get();
            out.write(buffer, 0, (int) Math.max(0, Math.min(count, allowed)));
        }
        if (link.allowedBytes.get() > 0) {
            to.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Link link : links) {
            link.client.close();
            link.server.close();
        }
        threads.shutdownNow();
    }
}
