package dev.fullstate.outbox.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** A port on 127.0.0.1 that was free a moment ago. */
final class LoopbackPort {

    static final String HOST = "127.0.0.1";

    private LoopbackPort() {}

    static int anyFree() {
        try {
            return bind(0);
        } catch (IOException e) {
            throw new UncheckedIOException("No free port on " + HOST, e);
        }
    }

    /** {@return any free port but the one that another server is about to take} */
    static int anyFreeBut(int taken) {
        int port = anyFree();
        while (port == taken) {
            port = anyFree();
        }
        return port;
    }

    /** {@return the requested port, or any free one for 0} */
    static int free(int requested, String service, String property) {
        try {
            return bind(requested);
        } catch (IOException e) {
            throw new ServicePortInUseException(service, requested, property, e);
        }
    }

    private static int bind(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            // As the servers do: a predecessor's connections in TIME_WAIT do not make the port "in use".
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return socket.getLocalPort();
        }
    }
}
