package dev.fullstate.outbox.faults.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.server.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Disturbs a link between a client and a server that sends all bytes back: each disturbance does what its name says. */
class LinkTest {

    private static final int IMPATIENT_MILLIS = 100;
    private static final int PATIENT_MILLIS = 120_000;

    private ServerSocket server;
    private Link link;

    @BeforeEach
    void open() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Threads.start("echo", () -> {
            while (!server.isClosed()) {
                echo();
            }
        });
        link = Link.to("test", server.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        link.close();
        server.close();
    }

    @Test
    void bytesAndTheEndOfTheInputPassBothWays() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, 5)).isEqualTo(5);
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void cutConnectionsAreResetAndNewOnesServed() throws IOException {
        try (Socket cut = connect();
                Socket next = connect()) {
            assertThat(ask(cut, 1)).isEqualTo(1);
            assertThat(ask(next, 1)).isEqualTo(1);
            link.cut();
            assertThatThrownBy(() -> ask(cut, 2)).isInstanceOf(SocketException.class);
            try (Socket later = connect()) {
                assertThat(ask(later, 3)).isEqualTo(3);
            }
        }
    }

    @Test
    void connectionEndsAfterTheChosenByte() throws IOException {
        link.cutEach(new Cut(opening -> opening.startsWith("\1"), Direction.TO_CLIENT, () -> 2));
        try (Socket chosen = connect();
                Socket other = connect()) {
            chosen.getOutputStream().write(new byte[] {1, 2, 3});
            InputStream answer = chosen.getInputStream();
            assertThat(answer.read()).isEqualTo(1);
            assertThat(answer.read()).isEqualTo(2);
            assertThat(answer.read()).isEqualTo(-1);
            assertThat(ask(other, 7)).isEqualTo(7);
            assertThat(ask(other, 8)).isEqualTo(8);
            assertThat(ask(other, 9)).isEqualTo(9);
        }
    }

    @Test
    void blackHoleNeitherAnswersNorResetsEvenWhenItIsHealed() throws IOException {
        try (Socket before = connect()) {
            assertThat(ask(before, 1)).isEqualTo(1);
            link.blackHole();
            try (Socket during = connect()) {
                // The kernel has connected it; before the link is healed it has to have taken it.
                await().until(() -> link.connectionCount() == 2);
                assertThatThrownBy(() -> askImpatiently(before)).isInstanceOf(SocketTimeoutException.class);
                assertThatThrownBy(() -> askImpatiently(during)).isInstanceOf(SocketTimeoutException.class);
                link.heal();
                assertThatThrownBy(() -> askImpatiently(before)).isInstanceOf(SocketTimeoutException.class);
                assertThatThrownBy(() -> askImpatiently(during)).isInstanceOf(SocketTimeoutException.class);
            }
        }
        try (Socket after = connect()) {
            assertThat(ask(after, 2)).isEqualTo(2);
        }
    }

    @Test
    void heldBytesArriveLater() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, 1)).isEqualTo(1);
            link.hold(Direction.TO_CLIENT);
            assertThatThrownBy(() -> askImpatiently(client)).isInstanceOf(SocketTimeoutException.class);
            link.heal();
            client.setSoTimeout(PATIENT_MILLIS);
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void throttledBytesTakeTheirTime() throws IOException {
        link.throttle(10_000);
        try (Socket client = connect()) {
            long began = System.nanoTime();
            client.getOutputStream().write(new byte[3_000]);
            assertThat(client.getInputStream().readNBytes(3_000)).hasSize(3_000);
            assertThat(System.nanoTime() - began).isGreaterThan(300_000_000L);
        }
    }

    @Test
    void connectionToAnAbsentServerIsReset() throws IOException {
        // The port is new: a closed server may still accept once, in the thread that waits for clients.
        try (Link toNobody = Link.to("nobody", Ports.free());
                Socket client = connect(toNobody)) {
            assertThatThrownBy(() -> ask(client, 1)).isInstanceOf(SocketException.class);
        }
    }

    private Socket connect() throws IOException {
        return connect(link);
    }

    private static Socket connect(Link link) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), link.port());
        socket.setSoTimeout(PATIENT_MILLIS);
        return socket;
    }

    private static int ask(Socket client, int question) throws IOException {
        client.getOutputStream().write(question);
        int answer = client.getInputStream().read();
        if (answer < 0) {
            throw new SocketException("closed");
        }
        return answer;
    }

    private static void askImpatiently(Socket client) throws IOException {
        client.setSoTimeout(IMPATIENT_MILLIS);
        ask(client, 2);
    }

    private void echo() {
        try {
            Socket client = server.accept();
            Threads.start("echo-client", () -> {
                try (client) {
                    client.getInputStream().transferTo(client.getOutputStream());
                } catch (SocketException reset) {
                    // A cut link ends connections like this.
                    return;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (SocketException closed) {
            // The test is over.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
