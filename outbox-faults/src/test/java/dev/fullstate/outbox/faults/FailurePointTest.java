package dev.fullstate.outbox.faults;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.point.FailingPorts;

import static org.assertj.core.api.Assertions.assertThat;

class FailurePointTest {

    @Test
    void pointsLieAroundExistingCalls() {
        assertThat(FailurePoint.ALL).extracting(FailurePoint::call).isSubsetOf(FailingPorts.calls());
    }
}
