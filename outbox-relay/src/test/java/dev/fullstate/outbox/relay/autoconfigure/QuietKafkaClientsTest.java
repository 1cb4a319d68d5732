package dev.fullstate.outbox.relay.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class QuietKafkaClientsTest {

    private static final String CLIENT = "outbox-relay-orders";
    private static final String NETWORK = "org.apache.kafka.clients.NetworkClient";
    private static final String AWAY =
            "[AdminClient clientId=outbox-relay-orders] Connection to node {} could not be established";

    private final LoggerContext logback = new LoggerContext();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong();
    private final QuietKafkaClients filter = new QuietKafkaClients(Set.of(CLIENT), nanos::get);

    @BeforeEach
    void start() {
        lines.start();
        ch.qos.logback.classic.Logger root = logback.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(lines);
        logback.addTurboFilter(filter);
    }

    @Test
    void clientsOfTheRelayLogErrorsAndNothingThatIsOrdinary() throws InterruptedException {
        inRelay(() -> {
            kafka("org.apache.kafka.clients.admin.AdminClientConfig").info("AdminClientConfig values: ...");
            kafka(NETWORK).warn("The metadata response from the cluster reported a recoverable issue");
            kafka(NETWORK).error("Connection to node 1 failed authentication");
            for (int second = 0; second < 60; second++) {
                kafka("org.apache.kafka.clients.producer.internals.Sender")
                        .warn("Got error produce response, retrying");
                pass(Duration.ofSeconds(1));
            }
        });
        assertThat(messages()).containsExactly("Connection to node 1 failed authentication");
    }

    /** Logback takes all filters away when it reads its configuration again. */
    @Test
    void filterOutlivesAnotherConfiguration() {
        logback.addListener(filter);
        logback.reset();
        assertThat(logback.getTurboFilterList()).containsExactly(filter);
        assertThat(filter.isStarted()).isTrue();
    }

    @Test
    void errorsWithOtherCausesAreOthers() throws InterruptedException {
        inRelay(() -> {
            for (String cause : List.of("first", "first", "second")) {
                kafka(NETWORK).error("Uncaught error in the thread", new IllegalStateException(cause));
            }
        });
        assertThat(messages()).hasSize(2);
    }

    @Test
    void warningThatComesAndGoesIsNotLogged() throws InterruptedException {
        inRelay(() -> {
            for (int i = 0; i < 10; i++) {
                kafka(NETWORK).warn("Connection to node 1 could not be established");
                pass(Duration.ofMinutes(3));
            }
        });
        assertThat(messages()).isEmpty();
    }

    @Test
    void sameWarningIsLoggedOnceAnHourWhileItGoesOn() throws InterruptedException {
        inRelay(() -> {
            for (int second = 0; second < 3 * 3_600; second += 30) {
                kafka(NETWORK).warn(AWAY.replace("{}", "" + second));
                pass(Duration.ofSeconds(30));
            }
        });
        assertThat(messages()).hasSize(3).first().isEqualTo(AWAY.replace("{}", "30"));
    }

    @Test
    void otherClientsOfTheApplicationAreLeftAlone() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            kafka(NETWORK).info("Node 1 disconnected");
            kafka(NETWORK).warn("Connection to node 1 could not be established");
        }
        assertThat(messages()).hasSize(6);
    }

    @Test
    void linesOfTheRelayItselfAreLeftAlone() throws InterruptedException {
        inRelay(() -> {
            kafka("dev.fullstate.outbox.relay.Relay").info("one");
            kafka("dev.fullstate.outbox.relay.Relay").info("one");
        });
        assertThat(messages()).hasSize(2);
    }

    @Test
    void levelOfTheLoggerHasPrecedence() throws InterruptedException {
        logback.getLogger(NETWORK).setLevel(Level.DEBUG);
        inRelay(() -> {
            kafka(NETWORK).debug("one");
            kafka(NETWORK).warn("two");
            kafka(NETWORK).warn("two");
            kafka("org.apache.kafka.clients.Metadata").info("other");
        });
        assertThat(messages()).containsExactly("one", "two", "two");
    }

    @Test
    void levelOfAParentLoggerHasPrecedence() throws InterruptedException {
        logback.getLogger("org.apache.kafka").setLevel(Level.INFO);
        inRelay(() -> kafka(NETWORK).info("one"));
        assertThat(messages()).containsExactly("one");
    }

    @Test
    void filterEndsWithItsApplication() {
        LoggerContext used = (LoggerContext) LoggerFactory.getILoggerFactory();
        filter.install();
        assertThat(used.getTurboFilterList()).contains(filter);
        filter.remove();
        assertThat(used.getTurboFilterList()).doesNotContain(filter);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static void inRelay(Runnable work) throws InterruptedException {
        Thread thread = new Thread(work, "kafka-admin-client-thread | " + CLIENT);
        thread.start();
        thread.join();
    }

    private Logger kafka(String name) {
        return logback.getLogger(name);
    }

    private List<String> messages() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
