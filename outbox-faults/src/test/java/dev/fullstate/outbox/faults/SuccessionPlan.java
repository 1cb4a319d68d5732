package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.fullstate.outbox.faults.Succession.Acts;
import dev.fullstate.outbox.faults.relay.RelayProcess;
import dev.fullstate.outbox.faults.server.Database;

/** Plans which server takes the place of the old one, and the acts before and after. */
record SuccessionPlan(Succession succession, Delivery delivery, RelayIs relay, RowsBefore rows, WalEnd end) {

    /** The relay's state while the database changes. */
    enum RelayIs {
        RUNNING,
        DOWN,
        KILLED
    }

    /** The rows of the new history before the relay comes. */
    enum RowsBefore {
        NONE(0),
        FEWER_THAN_LOST(7),
        MORE_THAN_LOST(30);

        private final int count;

        RowsBefore(int count) {
            this.count = count;
        }
    }

    /** The end of the new history's WAL when the relay comes. */
    enum WalEnd {
        AS_IT_IS,
        BEYOND_THE_OLD
    }

    private static final int[] COMMITS = {6, 15};

    /**
     * {@return all plans that have the text of {@code -Dfaults.plan=}, such as {@code slot=SYNCED}}
     *
     * @param successions the kinds of the succession
     */
    static Stream<SuccessionPlan> all(List<? extends List<?>> successions, Function<List<Object>, Succession> make) {
        return chosen(combinations(successions), successions.size(), make);
    }

    /** {@return some of these plans, with each pair of their values} */
    static Stream<SuccessionPlan> some(List<? extends List<?>> successions, Function<List<Object>, Succession> make) {
        return chosen(Combinations.pairwise(combinations(successions)), successions.size(), make);
    }

    private static List<List<Object>> combinations(List<? extends List<?>> successions) {
        List<List<?>> values = new ArrayList<>(successions);
        Collections.addAll(
                values,
                List.of(Delivery.values()),
                List.of(RelayIs.values()),
                List.of(RowsBefore.values()),
                List.of(WalEnd.values()));
        return Combinations.all(values);
    }

    private static Stream<SuccessionPlan> chosen(
            List<List<Object>> combinations, int size, Function<List<Object>, Succession> make) {
        return combinations.stream()
                .map(one -> new SuccessionPlan(
                        make.apply(one),
                        (Delivery) one.get(size),
                        (RelayIs) one.get(size + 1),
                        (RowsBefore) one.get(size + 2),
                        (WalEnd) one.get(size + 3)))
                .filter(plan -> plan.toString().contains(System.getProperty("faults.plan", "")));
    }

    /** Carries the plan out on a database of its own, and judges what consumers end up with. */
    void carryOut() throws SQLException {
        try (LostHistory history = new LostHistory(Database.archiving(), delivery, Map.of())) {
            RelayProcess current = history.startRelay();
            history.publish(12);
            String oldEnd = history.carryOut(succession, new Acts() {
                private int count;

                @Override
                public void commit() throws SQLException {
                    history.awaitStreaming();
                    history.publish(COMMITS[count++]);
                }

                @Override
                public void pause() {
                    // No writers run.
                }

                @Override
                public void beforeTheEnd() {
                    history.let(current, relay);
                }

                @Override
                public void ended() {
                    // No act waits for that.
                }
            });
            history.outbox.write(rows.count);
            if (end == WalEnd.BEYOND_THE_OLD) {
                history.database.writeWalBeyond(oldEnd);
            }
            history.judge(current);
        }
    }
}
