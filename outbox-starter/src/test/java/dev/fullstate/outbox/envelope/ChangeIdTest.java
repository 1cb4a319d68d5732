package dev.fullstate.outbox.envelope;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The expected values were computed with Python's uuid.uuid5. */
class ChangeIdTest {

    @Test
    void changeIdIsThatOfAnyOtherImplementationOfTheLayout() {
        assertThat(ChangeId.of("urn:service:shop", "order", "42", 7L, false))
                .hasToString("711445d9-2677-5643-ba0f-481d432ff56f");
        assertThat(ChangeId.of("urn:service:shop", "order", "42", 7L, true))
                .hasToString("54f68f8a-d2eb-58cd-8757-805826f96a50");
        assertThat(ChangeId.of("urn:service:shop", "order", "Jörg", null, true))
                .hasToString("895da2f4-0ccf-55a8-81f5-784ad0f31541");
    }
}
