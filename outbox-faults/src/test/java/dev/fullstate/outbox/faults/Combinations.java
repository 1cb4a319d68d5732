package dev.fullstate.outbox.faults;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Selects some of all combinations of several values, in which each combination of a few of them occurs. Most faults need no more than two
 * or three values to coincide.
 */
final class Combinations {

    private Combinations() {}

    /** {@return all combinations of one value of each list} */
    static List<List<Object>> all(List<? extends List<?>> values) {
        List<List<Object>> all = new ArrayList<>();
        all.add(List.of());
        for (List<?> choices : values) {
            List<List<Object>> longer = new ArrayList<>();
            for (List<Object> begun : all) {
                for (Object choice : choices) {
                    List<Object> next = new ArrayList<>(begun);
                    next.add(choice);
                    longer.add(next);
                }
            }
            all = longer;
        }
        return all;
    }

    /** {@return some of the combinations, in which each pair of values occurs that occurs in all of them} */
    static List<List<Object>> pairwise(List<List<Object>> all) {
        Set<Set<Object>> uncovered = new HashSet<>();
        all.forEach(combination -> uncovered.addAll(pairs(combination)));
        List<List<Object>> chosen = new ArrayList<>();
        while (!uncovered.isEmpty()) {
            List<Object> best = all.get(0);
            long most = -1;
            for (List<Object> candidate : all) {
                long count =
                        pairs(candidate).stream().filter(uncovered::contains).count();
                if (count > most) {
                    best = candidate;
                    most = count;
                }
            }
            chosen.add(best);
            uncovered.removeAll(pairs(best));
        }
        return chosen;
    }

    private static Set<Set<Object>> pairs(List<Object> combination) {
        Set<Set<Object>> pairs = new HashSet<>();
        for (int i = 0; i < combination.size(); i++) {
            for (int j = i + 1; j < combination.size(); j++) {
                pairs.add(Set.of(List.of(i, combination.get(i)), List.of(j, combination.get(j))));
            }
        }
        return pairs;
    }
}
