package dev.fullstate.sample.orders.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/** Everything that compose.yaml names exists: without a Docker engine it is not started, but misspelt names are found. */
class ComposeFileTest {

    private static final Path DOCKER = Path.of("..", "docker");

    private final Map<String, Object> compose = map(new Yaml().load(read(DOCKER.resolve("compose.yaml"))));
    private final Map<String, Object> services = map(compose.get("services"));

    @Test
    void servicesAndRelayAreThreeDeploymentsBesideTheirServers() {
        assertThat(compose).containsOnlyKeys("name", "services", "volumes");
        assertThat(services)
                .containsOnlyKeys(
                        "postgres", "kafka", "sample", "grant-outbox", "relay", "reporting", "prometheus", "grafana");
        assertThat(environment("sample")).containsEntry("OUTBOX_RELAY_ENABLED", "false");
        assertThat(environment("relay")).doesNotContainKey("OUTBOX_RELAY_ENABLED");
    }

    @Test
    void serviceIsOnlyAwaitedForWhatItTells() {
        services.keySet()
                .forEach(name -> map(service(name).get("depends_on")).forEach((needed, how) -> {
                    Object condition = map(how).get("condition");
                    assertThat(condition).isIn("service_healthy", "service_completed_successfully");
                    assertThat(service(needed).containsKey("healthcheck"))
                            .as("%s has a health check", needed)
                            .isEqualTo("service_healthy".equals(condition));
                }));
    }

    @Test
    void mountedFoldersAndVolumesExist() {
        for (String name : services.keySet()) {
            for (Object volume : list(service(name).get("volumes"))) {
                String source = volume.toString().split(":", -1)[0];
                if (source.startsWith(".")) {
                    assertThat(DOCKER.resolve(source)).isNotEmptyDirectory();
                } else {
                    assertThat(map(compose.get("volumes"))).containsKey(source);
                }
            }
        }
    }

    @Test
    void imagesAreBuiltFromTheJarsThatMavenLeaves() {
        assertThat(jar("sample")).isEqualTo("sample-order-service/target/sample-order-service-*.jar");
        assertThat(read(Path.of("pom.xml")))
                .contains("<artifactId>sample-order-service</artifactId>", "spring-boot-maven-plugin");
        assertThat(jar("relay")).isEqualTo("outbox-relay/target/outbox-relay-*-exec.jar");
        assertThat(read(Path.of("..", "outbox-relay", "pom.xml")))
                .contains("<artifactId>outbox-relay</artifactId>", "<classifier>exec</classifier>");
        assertThat(jar("reporting")).isEqualTo("sample-reporting-service/target/sample-reporting-service-*.jar");
        assertThat(read(Path.of("..", "sample-reporting-service", "pom.xml")))
                .contains("<artifactId>sample-reporting-service</artifactId>", "spring-boot-maven-plugin");
        assertThat(read(DOCKER.resolve("Dockerfile.dockerignore"))).contains("!*/target/*.jar");
        assertThat(read(DOCKER.resolve("relay/Dockerfile.dockerignore")))
                .contains("!outbox-relay/target/*-exec.jar", "!docker/relay/jvm.flags");
    }

    @Test
    void variablesOfTheApplicationsAreTheirProperties() throws IOException {
        Set<String> known = propertiesAsVariables();

        for (String application : List.of("sample", "relay", "reporting")) {
            assertThat(environment(application).keySet())
                    .allSatisfy(variable -> assertThat(known).contains(variable.replaceFirst("_\\d+(_.*)?$", "")));
        }
    }

    @Test
    void variablesOfKafkaAreItsSettings() {
        assertThat(environment("kafka").keySet()).allSatisfy(variable -> {
            assertThat(variable).startsWith("KAFKA_");
            assertThat(AbstractKafkaConfig.CONFIG_DEF.names())
                    .contains(variable.substring("KAFKA_".length())
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '.'));
        });
    }

    @Test
    void publishedPortsAreThoseOfTheServers() {
        assertThat(service("postgres").get("ports")).isEqualTo(List.of("127.0.0.1:15432:5432"));
        assertThat(service("kafka").get("ports")).isEqualTo(List.of("127.0.0.1:9092:9092"));
        assertThat(environment("kafka").get("KAFKA_LISTENERS"))
                .asString()
                .contains("HOST://:9092", "INTERNAL://:29092");
        assertThat(environment("kafka").get("KAFKA_ADVERTISED_LISTENERS"))
                .asString()
                .contains("HOST://127.0.0.1:9092", "INTERNAL://kafka:29092");
        assertThat(environment("relay")).containsEntry("SPRING_KAFKA_BOOTSTRAP_SERVERS", "kafka:29092");
        // 8080 is Boot's default.
        assertThat(service("sample").get("ports")).isEqualTo(List.of("127.0.0.1:8080:8080"));
        assertThat(environment("sample")).doesNotContainKey("SERVER_PORT");
        assertThat(service("reporting").get("ports")).isEqualTo(List.of("127.0.0.1:8081:8080"));
        assertThat(environment("reporting"))
                .containsEntry("SERVER_PORT", 8080)
                .containsEntry("SPRING_KAFKA_BOOTSTRAP_SERVERS", "kafka:29092");
    }

    @Test
    void prometheusScrapesTheRelayAndTheServiceAndKnowsTheAlerts() {
        Map<String, Object> prometheus = prometheus();
        assertThat(list(prometheus.get("scrape_configs")))
                .allSatisfy(job -> assertThat(map(job).get("metrics_path")).isEqualTo("/actuator/prometheus"))
                .flatExtracting(job ->
                        list(map(list(map(job).get("static_configs")).get(0)).get("targets")))
                // The service has the default port.
                .isEqualTo(List.of("relay:" + environment("relay").get("SERVER_PORT"), "sample:8080"));
        assertThat(prometheus.get("rule_files")).isEqualTo(List.of("alerts.yaml"));
        assertThat(DOCKER.resolve("prometheus/alerts.yaml")).isRegularFile();
        assertThat(service("prometheus").get("volumes")).isEqualTo(List.of("./prometheus:/etc/prometheus:ro"));
        assertThat(service("prometheus").get("command").toString())
                .contains("--config.file=/etc/prometheus/prometheus.yaml");
    }

    @Test
    void eachAlertHasARunbookAndATest() {
        Map<String, Object> alerts = map(new Yaml().load(read(DOCKER.resolve("prometheus/alerts.yaml"))));
        List<?> rules = list(map(list(alerts.get("groups")).get(0)).get("rules"));
        String runbooks = read(DOCKER.resolve("../docs/operations.md"))
                .split("\n## Runbooks\n", 2)[1]
                .split("\n## ", 2)[0];
        String tests = read(DOCKER.resolve("prometheus/alerts.test.yaml"));
        assertThat(rules).isNotEmpty().allSatisfy(rule -> {
            Object alert = map(rule).get("alert");
            assertThat(runbooks).contains("| `" + alert + "` |");
            assertThat(tests).contains("alertname: " + alert + "\n");
        });
    }

    @Test
    void grafanaHasTheDashboardAndItsSource() {
        Map<String, Object> sources =
                map(new Yaml().load(read(DOCKER.resolve("grafana/provisioning/datasources/prometheus.yaml"))));
        Map<String, Object> source = map(list(sources.get("datasources")).get(0));
        // Grafana makes the interval of rates from it.
        assertThat(map(source.get("jsonData")).get("timeInterval"))
                .isNotNull()
                .isEqualTo(map(prometheus().get("global")).get("scrape_interval"));
        String dashboard = read(DOCKER.resolve("grafana/dashboards/outbox-relay.json"));
        assertThat(JsonPath.<List<Object>>read(dashboard, "$..datasource.uid"))
                .isNotEmpty()
                .containsOnly(source.get("uid"));
        String folder = "/var/lib/grafana/dashboards";
        assertThat(read(DOCKER.resolve("grafana/provisioning/dashboards/outbox.yaml")))
                .contains("path: " + folder);
        assertThat(list(service("grafana").get("volumes")).toString()).contains("./grafana/dashboards:" + folder);
    }

    @Test
    void passwordsReachTheScriptThatCreatesTheRoles() {
        Map<String, Object> postgres = environment("postgres");
        String roles = read(DOCKER.resolve("postgres/init/10-roles.sql"))
                + read(DOCKER.resolve("postgres/init/20-reporting.sql"));

        assertThat(Pattern.compile("(?m)^\\\\getenv \\w+ (\\w+)$")
                        .matcher(roles)
                        .results()
                        .map(variable -> variable.group(1)))
                .containsExactly("ORDERS_PASSWORD", "RELAY_PASSWORD", "REPORTING_PASSWORD")
                .isSubsetOf(postgres.keySet());
        assertThat(environment("sample"))
                .containsEntry("SPRING_DATASOURCE_USERNAME", "orders")
                .containsEntry("SPRING_DATASOURCE_PASSWORD", postgres.get("ORDERS_PASSWORD"));
        assertThat(environment("relay"))
                .containsEntry("SPRING_DATASOURCE_USERNAME", "outbox_relay")
                .containsEntry("SPRING_DATASOURCE_PASSWORD", postgres.get("RELAY_PASSWORD"));
        assertThat(environment("reporting"))
                .containsEntry("SPRING_DATASOURCE_USERNAME", "reporting")
                .containsEntry("SPRING_DATASOURCE_PASSWORD", postgres.get("REPORTING_PASSWORD"));
        assertThat(environment("grant-outbox")).containsEntry("PGPASSWORD", postgres.get("ORDERS_PASSWORD"));
    }

    @Test
    void variablesOfTheReadmeAreThoseOfTheComposeFile() {
        assertThat(passwordVariables(read(DOCKER.resolve("README.md")), "`(\\w+_PASSWORD)`"))
                .isEqualTo(passwordVariables(read(DOCKER.resolve("compose.yaml")), "\\$\\{(\\w+_PASSWORD):-"));
    }

    private static Map<String, Object> prometheus() {
        return map(new Yaml().load(read(DOCKER.resolve("prometheus/prometheus.yaml"))));
    }

    private String jar(String service) {
        Map<String, Object> build = map(service(service).get("build"));
        Path context = DOCKER.resolve(build.get("context").toString());
        assertThat(context.resolve("pom.xml")).isRegularFile();
        assertThat(context.resolve(build.get("dockerfile").toString())).isRegularFile();
        return map(build.get("args")).get("JAR").toString();
    }

    private Map<String, Object> service(String name) {
        assertThat(services).containsKey(name);
        return map(services.get(name));
    }

    private Map<String, Object> environment(String service) {
        return map(service(service).get("environment"));
    }

    private static Set<String> passwordVariables(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(variable -> variable.group(1))
                .collect(Collectors.toSet());
    }

    /** Every property that a jar of the class path describes, as an environment variable: dashes are left out or underscores. */
    private static Set<String> propertiesAsVariables() throws IOException {
        return Collections.list(ComposeFileTest.class
                        .getClassLoader()
                        .getResources("META-INF/spring-configuration-metadata.json"))
                .stream()
                .flatMap(ComposeFileTest::propertyNames)
                .map(name -> name.replace('.', '_').toUpperCase(Locale.ROOT))
                .flatMap(name -> Stream.of(name.replace("-", ""), name.replace('-', '_')))
                .collect(Collectors.toSet());
    }

    private static Stream<String> propertyNames(URL metadata) {
        try (var json = metadata.openStream()) {
            return JsonPath.<List<String>>read(json, "$.properties[*].name").stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    private static List<?> list(Object value) {
        return value == null ? List.of() : (List<?>) value;
    }
}
