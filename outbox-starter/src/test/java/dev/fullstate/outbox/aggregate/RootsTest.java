package dev.fullstate.outbox.aggregate;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RootsTest {

    @Test
    void aggregateTypeIsTheSimpleNameInKebabCase() {
        assertThat(Roots.kebabCase("Order")).isEqualTo("order");
        assertThat(Roots.kebabCase("OrderItem")).isEqualTo("order-item");
        assertThat(Roots.kebabCase("VATRate")).isEqualTo("vat-rate");
        assertThat(Roots.kebabCase("Area51Visit")).isEqualTo("area51-visit");
    }
}
