package dev.fullstate.outbox.faults;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CombinationsTest {

    private static final List<List<?>> VALUES = List.of(List.of("a", "b"), List.of(1, 2, 3), List.of(true, false));

    @Test
    void allCombinationsOccurOnceEach() {
        assertThat(Combinations.all(VALUES)).hasSize(12).doesNotHaveDuplicates().contains(List.of("b", 3, false));
    }

    @Test
    void eachPairOccursInFewCombinations() {
        List<List<Object>> chosen = Combinations.pairwise(Combinations.all(VALUES));
        assertThat(chosen).hasSizeLessThan(9);
        for (int number : List.of(1, 2, 3)) {
            for (boolean flag : List.of(true, false)) {
                assertThat(chosen)
                        .anyMatch(one -> one.get(1).equals(number) && one.get(2).equals(flag));
            }
            for (String letter : List.of("a", "b")) {
                assertThat(chosen)
                        .anyMatch(one -> one.get(0).equals(letter) && one.get(1).equals(number));
            }
        }
    }
}
