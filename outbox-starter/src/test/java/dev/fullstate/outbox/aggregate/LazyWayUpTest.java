package dev.fullstate.outbox.aggregate;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.enhanced.Enhancement;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** With bytecode enhancement, a part may be changed while nothing in memory shows whose it is. */
class LazyWayUpTest {

    @Test
    void wayUpThatIsNotLoadedWithItsPartIsRefused() {
        Enhancement.install("dev.fullstate.outbox.aggregate.LazyWayUp$");

        assertThatThrownBy(() -> UncapturableMappingsTest.resolve(LazyWayUp.Whole.class, LazyWayUp.Part.class))
                .isInstanceOf(AggregateMappingException.class)
                .hasMessageContaining("Attribute 'whole' of " + LazyWayUp.Part.class.getName())
                .hasMessageContaining("not loaded with its entity");
    }
}
