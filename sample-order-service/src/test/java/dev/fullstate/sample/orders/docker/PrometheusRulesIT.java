package dev.fullstate.sample.orders.docker;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What promtool says of the files in docker/prometheus. */
@EnabledIf(value = Prometheus.INSTALLED, disabledReason = Prometheus.MISSING)
class PrometheusRulesIT {

    private static final Path FILES = Path.of("..", "docker", "prometheus");

    @Test
    void configurationAndRulesAreValid() throws IOException, InterruptedException {
        Prometheus.check("", "check", "config", FILES.resolve("prometheus.yaml").toString());
    }

    @Test
    void eachAlertFiresWhenItShouldAndNotElse() throws IOException, InterruptedException {
        Prometheus.check("", "test", "rules", FILES.resolve("alerts.test.yaml").toString());
    }
}
