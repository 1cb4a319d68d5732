package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.test.KafkaServer;

import static dev.fullstate.outbox.relay.RunningPipelines.PATIENCE;
import static dev.fullstate.outbox.relay.RunningPipelines.property;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs several pipelines in one process: whatever happens to one of them, the others publish. */
class PipelinesIT {

    private RunningPipelines pipelines;

    @AfterEach
    void close() throws SQLException {
        pipelines.close();
    }

    private void insert(String pipeline, String data) throws SQLException {
        pipelines.database(pipeline).insert("a", data);
    }

    @Test
    void eachPipelinePublishesItsOwnOutboxAndARestartRepeatsNothing() throws SQLException {
        pipelines = RunningPipelines.of("orders", "billing", "stock");
        insert("orders", "orders 1");
        insert("stock", "stock 1");
        pipelines.start();
        pipelines.awaitPublished("orders", "orders 1");
        pipelines.awaitPublished("stock", "stock 1");
        insert("billing", "billing 1");
        pipelines.awaitPublished("billing", "billing 1");
        pipelines.stop();
        insert("orders", "orders 2");
        insert("billing", "billing 2");
        pipelines.start();
        pipelines.awaitPublished("orders", "orders 1", "orders 2");
        pipelines.awaitPublished("billing", "billing 1", "billing 2");
        pipelines.awaitPublished("stock", "stock 1");
    }

    @Test
    void pipelineMayHaveAKafkaClusterOfItsOwn() throws SQLException {
        try (KafkaServer other = KafkaServer.start()) {
            pipelines = RunningPipelines.of("orders", "billing");
            pipelines.start(property("billing", "kafka.bootstrap-servers") + "=" + other.bootstrapServers());
            insert("orders", "1");
            insert("billing", "2");
            pipelines.awaitPublished("orders", "1");
            pipelines.awaitPublishedTo(other.bootstrapServers(), "billing", "2");
            pipelines.awaitPublished("billing");
            pipelines.stop();
        }
    }

    @Test
    void clusterThatIsAwayConcernsItsOwnPipelineOnly() throws SQLException {
        pipelines = RunningPipelines.of("orders", "billing");
        pipelines.start(property("billing", "kafka.bootstrap-servers") + "=127.0.0.1:1");
        pipelines.awaitState("billing", RelayState.RETRYING);
        insert("orders", "1");
        pipelines.awaitPublished("orders", "1");
    }

    @Test
    void othersPublishWhileRolesAreWrongAndADatabaseIsMissing() throws SQLException {
        pipelines = RunningPipelines.of("orders", "password", "missing", "rights");
        OutboxDatabase rights = pipelines.database("rights");
        String role = rights.name() + "_bare";
        String missing = pipelines.database("missing").name() + "_missing";
        rights.execute("create role " + role + " login password 'secret'");
        pipelines.start(
                property("password", "password") + "=wrong",
                property("missing", "url") + "=" + SharedServers.postgres().jdbcUrl(missing),
                property("rights", "username") + "=" + role,
                property("rights", "password") + "=secret");
        insert("orders", "1");
        pipelines.awaitPublished("orders", "1");
        for (String each : new String[] {"password", "missing", "rights"}) {
            pipelines.awaitState(each, RelayState.RETRYING);
            assertThat(problem(each).kind()).isEqualTo(FailureKind.PERMANENT);
        }
        assertThat(problem("password").remedy()).contains("outbox.relay.password");
        assertThat(problem("missing").message()).contains("\"" + missing + "\" does not exist");
        assertThat(problem("rights").remedy()).contains("ALTER ROLE " + role + " REPLICATION");

        // Each goes on as soon as its own fault is mended.
        rights.execute("alter role " + role + " superuser replication");
        insert("rights", "2");
        pipelines.awaitPublished("rights", "2");
        insert("orders", "3");
        pipelines.awaitPublished("orders", "1", "3");
        pipelines.stop();
        rights.execute("reassign owned by " + role + " to "
                + SharedServers.postgres().username() + "; drop owned by " + role + "; drop role " + role);
    }

    private Problem problem(String pipeline) {
        return Objects.requireNonNull(pipelines.relay(pipeline).status().problem());
    }

    @Test
    void deadThreadOfOnePipelineLeavesTheProcessAliveUntilTheLastIsDead() throws Exception {
        pipelines = RunningPipelines.of("orders", "billing");
        Set<String> deadly = ConcurrentHashMap.newKeySet();
        deadly.add(pipelines.database("billing").name());
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        pipelines.start(with(exit, settings -> {
            if (deadly.contains(settings.clientId().replace("outbox-relay-", ""))) {
                throw new NoClassDefFoundError("org/example/Missing");
            }
            return Kafka.connect(settings);
        }));
        pipelines.awaitState("billing", RelayState.FAILED);
        insert("orders", "1");
        pipelines.awaitPublished("orders", "1");
        assertThat(pipelines.send("/actuator/health/liveness", null, null).statusCode())
                .isEqualTo(200);
        assertThat(pipelines.send("/actuator/health/readiness", null, null).statusCode())
                .isEqualTo(503);
        assertThat(exit).isNotDone();

        deadly.add(pipelines.database("orders").name());
        pipelines.database("orders").terminateSessions();
        assertThat(exit.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        await().atMost(PATIENCE)
                .until(() ->
                        pipelines.send("/actuator/health/liveness", null, null).statusCode() == 503);
    }

    private static SpringApplication with(CompletableFuture<Integer> exit, Kafka.Connector kafka) {
        SpringApplication application = RelayApplication.application(exit::complete);
        application.addInitializers(context ->
                ((GenericApplicationContext) context).registerBean("testKafka", Kafka.Connector.class, () -> kafka));
        return application;
    }

    @Test
    void onePipelineIsStoppedAndStartedAlone() throws SQLException {
        pipelines = RunningPipelines.of("orders", "billing");
        pipelines.start();
        pipelines.awaitState("orders", RelayState.STREAMING);
        pipelines.awaitState("billing", RelayState.STREAMING);
        pipelines.relay("orders").stop();
        insert("orders", "1");
        insert("billing", "2");
        pipelines.awaitPublished("billing", "2");
        pipelines.awaitPublished("orders");
        assertThat(pipelines.relay("orders").status().state()).isEqualTo(RelayState.STOPPED);
        pipelines.relay("orders").start();
        pipelines.awaitPublished("orders", "1");
    }

    @Test
    void processThatGetsNamedPipelinesGoesOnWhereItsOnlyOneWas() throws SQLException {
        pipelines = RunningPipelines.of("orders", "billing");
        OutboxDatabase orders = pipelines.database("orders");
        insert("orders", "1");
        SpringApplication single = new SpringApplication(RelayApplication.class);
        single.setDefaultProperties(Map.of(
                "spring.main.web-application-type", "none",
                "outbox.relay.url", orders.url(),
                "outbox.relay.username", orders.server().username(),
                "outbox.relay.password", orders.server().password(),
                "spring.kafka.bootstrap-servers", SharedServers.kafka().bootstrapServers(),
                "outbox.relay.slot-name", orders.name(),
                "outbox.relay.topic", SteppedRelay.topic(orders, "{aggregatetype}")));
        ConfigurableApplicationContext before = single.run();
        pipelines.awaitPublished("orders", "1");
        before.close();
        insert("orders", "2");
        pipelines.start();
        pipelines.awaitPublished("orders", "1", "2");
        pipelines.stop();
        insert("orders", "3");
        ConfigurableApplicationContext after = single.run();
        pipelines.awaitPublished("orders", "1", "2", "3");
        after.close();
    }

    /** Each thread may take twice its time-out to end; all of them take it at the same time. */
    @Test
    void stopOfPipelinesThatDoNotAnswerTakesTheTimeOfOne() throws Exception {
        pipelines = RunningPipelines.of("a", "b", "c", "d");
        CountDownLatch waiting = new CountDownLatch(4);
        CountDownLatch released = new CountDownLatch(1);
        pipelines.start(
                with(new CompletableFuture<>(), settings -> {
                    waiting.countDown();
                    awaitQuietly(released);
                    return Kafka.connect(settings);
                }),
                "outbox.relay.shutdown-timeout=2s");
        assertThat(waiting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Relays relays = pipelines.context().getBean(Relays.class);
        long begun = System.nanoTime();
        relays.stop();
        Duration taken = Duration.ofNanos(System.nanoTime() - begun);
        released.countDown();
        assertThat(taken).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(12));
        assertThat(relays.isRunning()).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
