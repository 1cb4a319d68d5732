package dev.fullstate.sample.orders.docker;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What promtool says of the files in docker/prometheus. */
class PrometheusRulesIT {

    private static final Path FILES = Path.of("..", "docker", "prometheus");

    @BeforeAll
    static void assumePrometheus() {
        Prometheus.assumeInstalled();
    }

    @Test
    void configurationAndRulesAreValid() throws IOException, InterruptedException {
        Prometheus.check("", "check", "config", FILES.resolve("prometheus.yaml").toString());
    }

    @Test
    void eachAlertFiresWhenItShouldAndNotElse() throws IOException, InterruptedException {
        Prometheus.check("", "test", "rules", FILES.resolve("alerts.test.yaml").toString());
    }
}
