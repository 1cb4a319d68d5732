package dev.fullstate.sample.orders.docs;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;

import dev.fullstate.outbox.test.OutboxTestServices;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service that is made of the README's blocks and Spring Boot's defaults, and has no other dependencies than these, in a process of its
 * own: it publishes, and its log can be read.
 */
class QuickStartIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** About a screen. */
    private static final int LINES_OF_A_START = 40;

    /** The class of every service, with some work: one order is rolled back, another one is placed. */
    private static final String SERVICE = """
            import jakarta.persistence.EntityManager;

            @SpringBootApplication
            public class Shop {
                public static void main(String[] args) {
                    SpringApplication.run(Shop.class, args);
                }

                @Bean
                ApplicationRunner orders(EntityManager entities, TransactionTemplate transactions) {
                    return arguments -> {
                        transactions.executeWithoutResult(transaction -> {
                            entities.persist(new Order());
                            entities.flush();
                            transaction.setRollbackOnly();
                        });
                        System.out.println("ROLLED BACK");
                        transactions.executeWithoutResult(transaction -> entities.persist(new Order()));
                    };
                }
            }
            """;

    /** Libraries of the samples and these tests that the README's dependencies and a web server do not bring. */
    private static final Pattern NOT_OF_THE_SERVICE = Pattern.compile(
            "sample-order-service|outbox-test|spring-boot-security"
                    + "|spring-security|actuator|spring-boot-micrometer|micrometer-(core|jakarta|tracing)|spring-boot-health|spring-boot-flyway|validation|[/\\\\](junit|mockito|kafka_|[^/\\\\]*-test)");

    @TempDir
    private static Path folder;

    private static String log;
    private static List<PublishedEvent> events;

    @BeforeAll
    static void runTheService() throws Exception {
        build();
        try (ConfigurableApplicationContext servers = new SpringApplicationBuilder(OutboxTestServices.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .run("--spring.main.banner-mode=off")) {
            JdbcConnectionDetails postgres = servers.getBean(JdbcConnectionDetails.class);
            String kafka = String.join(
                    ",", servers.getBean(KafkaConnectionDetails.class).getBootstrapServers());
            prepare(postgres);
            createTransactionLog(kafka);
            Path output = folder.resolve("log");
            Process service = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            classPath(),
                            CompiledBlocks.PACKAGE + ".Shop",
                            "--server.port=0",
                            "--spring.datasource.url=" + postgres.getJdbcUrl().replace("/postgres", "/shop"),
                            "--spring.kafka.bootstrap-servers=" + kafka,
                            // A broker that is slow on a busy machine is not a failure.
                            "--outbox.relay.kafka-timeout=20s",
                            "--outbox.relay.wal-sender-timeout=60s")
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try (PublishedEvents published = PublishedEvents.of(kafka, "outbox.event.order")) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> !service.isAlive()
                                || (!published.all().isEmpty()
                                        && Stream.of("ROLLED BACK", "-> STREAMING")
                                                .allMatch(Files.readString(output)::contains)));
                events = published.all();
            } finally {
                service.destroy();
                if (!service.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    service.destroyForcibly();
                }
                log = Files.readString(output);
            }
        }
    }

    /** The README's blocks as files. */
    private static void build() throws Exception {
        CompiledBlocks blocks = CompiledBlocks.none();
        for (CodeBlock block : CodeBlock.of("README.md")) {
            if (block.language().equals("java")) {
                blocks = blocks.with(block);
            } else if (block.language().equals("properties")) {
                Files.writeString(folder.resolve("application.properties"), block.code());
            }
        }
        blocks.with(new CodeBlock("QuickStartIT", 1, "java", SERVICE)).compileInto(folder);
    }

    /** As the README asks for. */
    private static void prepare(JdbcConnectionDetails postgres) throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword());
                Statement statement = connection.createStatement()) {
            statement.execute("create role shop login password 'secret'");
            statement.execute("create database shop owner shop");
            statement.execute("alter role shop replication");
        }
    }

    /** The first transaction of a new broker may take longer than a relay waits, which would then warn. */
    private static void createTransactionLog(String kafka) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "transactional.id", "first"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
        }
    }

    private static String classPath() {
        return Stream.concat(
                        Stream.of(folder.toString()),
                        Stream.of(CompiledBlocks.classPath().split(File.pathSeparator, -1))
                                .filter(entry ->
                                        !NOT_OF_THE_SERVICE.matcher(entry).find()))
                .collect(joining(File.pathSeparator));
    }

    @Test
    void orderIsPublishedAndTheOneThatWasRolledBackIsNot() {
        assertThat(events).as(log).hasSize(1);
        assertThat(events.get(0).data()).contains("\"status\":\"PLACED\"", "\"items\":[]");
        assertThat(events.get(0).headers())
                .containsEntry("ce_operation", "create")
                .containsEntry("ce_source", "urn:service:shop");
    }

    /** The one of Spring Boot's default is Spring Boot's. */
    @Test
    void neitherTheStartNorTheRollbackWarns() {
        String untilTheRollback = log.substring(0, log.indexOf("ROLLED BACK"));

        assertThat(untilTheRollback.lines().filter(line -> line.matches(".* (WARN|ERROR) .*")))
                .filteredOn(line -> !line.contains("spring.jpa.open-in-view is enabled by default"))
                .isEmpty();
    }

    @Test
    void startFitsOnAScreen() {
        assertThat(log.lines()
                        .takeWhile(line -> !line.contains("Topic 'outbox.event.order' created"))
                        .filter(line -> line.contains(" INFO ")))
                .as("lines at INFO of\n" + log)
                .hasSizeLessThanOrEqualTo(LINES_OF_A_START);
        assertThat(log.substring(0, log.indexOf("Topic 'outbox.event.order' created"))
                        .lines())
                .as("lines")
                .hasSizeLessThanOrEqualTo(2 * LINES_OF_A_START);
    }

    @Test
    void startSaysWhatIsCapturedAndWhereItIsPublished() {
        assertThat(log)
                .contains("Changes of [order] are captured")
                .containsPattern(
                        "The relay publishes to Kafka at \\[?127.0.0.1:\\d+\\]?, exactly once, what it reads from slot outbox as"
                                + " shop at jdbc:postgresql://127.0.0.1:\\d+/shop")
                .contains("-> STREAMING");
    }
}
