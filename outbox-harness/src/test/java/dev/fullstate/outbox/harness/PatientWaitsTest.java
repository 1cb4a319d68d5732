package dev.fullstate.outbox.harness;

import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.core.ConditionEvaluationListener;
import org.awaitility.core.EvaluatedCondition;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class PatientWaitsTest {

    @Test
    void waitOfThisJvmHasTwoMinutes() {
        AtomicReference<EvaluatedCondition<Object>> evaluated = new AtomicReference<>();
        ConditionEvaluationListener<Object> listener = evaluated::set;

        await().conditionEvaluationListener(listener).until(() -> true);

        assertThat(requireNonNull(evaluated.get()).getRemainingTimeInMS()).isGreaterThan(60_000);
    }
}
