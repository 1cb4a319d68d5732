package dev.fullstate.outbox.relay;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Treats a connection for replication as PgBouncer 1.18 does: refuses it, with the same bytes, or makes an ordinary one of it where the pooler is
 * set to ignore that parameter. Other connections it lets through.
 */
final class Pooler implements AutoCloseable {

    private static final String REPLICATION = "replication\0database\0";
    private static final int HEADER_BYTES = 8;
    private static final int PROTOCOL_3 = 196_608;

    private final int target;
    private final boolean ignoring;
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private Pooler(int target, boolean ignoring) throws IOException {
        this.target = target;
        this.ignoring = ignoring;
        threads.execute(() -> untilClosed(this::accept));
    }

    static Pooler refusing(int target) throws IOException {
        return new Pooler(target, false);
    }

    /** As with {@code ignore_startup_parameters = replication}. */
    static Pooler ignoring(int target) throws IOException {
        return new Pooler(target, true);
    }

    int port() {
        return server.getLocalPort();
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
            sockets.add(client);
            threads.execute(() -> untilClosed(() -> serve(client)));
        }
    }

    private void serve(Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        String parameters = startup(in, out);
        if (parameters.contains(REPLICATION) && !ignoring) {
            refuse(out);
            client.close();
            return;
        }
        Socket database = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(database);
        byte[] kept = parameters.replace(REPLICATION, "").getBytes(ISO_8859_1);
        ByteBuffer startup = ByteBuffer.allocate(HEADER_BYTES + kept.length);
        startup.putInt(startup.capacity()).putInt(PROTOCOL_3).put(kept);
        database.getOutputStream().write(startup.array());
        threads.execute(() -> untilClosed(() -> pump(database, client)));
        pump(client, database);
    }

    /** Reads the parameters, after it has declined encryption. */
    private static String startup(DataInputStream in, DataOutputStream out) throws IOException {
        int length = in.readInt();
        int code = in.readInt();
        while (code != PROTOCOL_3) {
            out.write('N');
            length = in.readInt();
            code = in.readInt();
        }
        return new String(in.readNBytes(length - HEADER_BYTES), ISO_8859_1);
    }

    private static void refuse(DataOutputStream out) throws IOException {
        byte[] fields = "SFATAL\0C08P01\0Munsupported startup parameter: replication\0\0".getBytes(ISO_8859_1);
        out.writeByte('E');
        out.writeInt(Integer.BYTES + fields.length);
        out.write(fields);
    }

    private static void pump(Socket from, Socket to) throws IOException {
        from.getInputStream().transferTo(to.getOutputStream());
        to.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
