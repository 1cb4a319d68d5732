package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each contender its turn in every round, each round beginning with another, so that none profits from its place. */
final class Rounds {

    private static final Logger log = LoggerFactory.getLogger(Rounds.class);

    private Rounds() {}

    interface Body<T> {

        /**
         * Measures one contender once.
         *
         * @param name unique among all turns, of lower case letters, digits and underscores
         */
        void turn(T thing, String name) throws SQLException;
    }

    static <T> void each(String benchmarkCase, int rounds, List<T> things, Function<T, String> label, Body<T> body)
            throws SQLException {
        for (int round = 0; round < rounds; round++) {
            List<T> order = new ArrayList<>(things);
            Collections.rotate(order, -round);
            for (T thing : order) {
                log.info("{}, round {} of {}: {}", benchmarkCase, round + 1, rounds, label.apply(thing));
                body.turn(thing, "r" + round + "_" + things.indexOf(thing));
            }
        }
    }
}
