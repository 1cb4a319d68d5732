package dev.fullstate.sample.reporting.access;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

import dev.fullstate.sample.reporting.ReportsApi;
import dev.fullstate.sample.reporting.WholeService;

import static org.assertj.core.api.Assertions.assertThat;

@WholeService
class AccessIT {

    @Autowired
    private ReportsApi api;

    @ParameterizedTest
    @ValueSource(strings = {"/reports/revenue", "/reports/revenue/c-1", "/reports/positions", "/actuator/health"})
    void reportsAndHealthAreOpenToRead(String path) {
        assertThat(api.get(path)).hasStatus(200);
    }

    @Test
    void emptyingTheReportRequiresTheAuthority() {
        assertThat(api.delete("/reports")).hasStatus(401);
        assertThat(api.deleteAs("nobody", "/reports")).hasStatus(401);
        assertThat(api.deleteAs("user", "/reports")).hasStatus(403);
        assertThat(api.deleteAs("admin", "/reports")).hasStatus(204);
    }

    @Test
    void allOtherPathsRequireALogin() {
        assertThat(api.get("/actuator")).hasStatus(401);
        assertThat(api.get("/no-such-page")).hasStatus(401);
        assertThat(api.getAs("user", "/actuator")).hasStatus(200);
    }
}
