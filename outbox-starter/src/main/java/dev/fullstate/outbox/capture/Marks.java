package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;

/**
 * The marks of a transaction in their order, kept for roots of which two ids in memory may stand for one row: their marks are
 * then repeated for the root with the id that the database has (docs/adr/0018).
 */
final class Marks {

    /** Marks of roots whose stored id is not known yet; empty once the marks were repeated. */
    private final List<Mark> inOrder = new ArrayList<>();

    private record Mark(RootChange root, Consumer<RootChange> what) {}

    void add(RootChange root, Consumer<RootChange> what) {
        inOrder.add(new Mark(root, what));
    }

    /** Repeats the marks of each root for its successor, and forgets them. */
    void repeat(IdentityHashMap<RootChange, RootChange> successors) {
        for (Mark mark : inOrder) {
            RootChange successor = successors.get(mark.root);
            if (successor != null) {
                mark.what.accept(successor);
            }
        }
        inOrder.clear();
    }
}
