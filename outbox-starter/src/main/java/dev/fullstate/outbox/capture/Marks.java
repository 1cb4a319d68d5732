package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;

/**
 * The marks of a transaction in their order, kept for roots whose ids may turn out to be one: what was marked with each of them
 * is then marked again with the one that the database has.
 */
final class Marks {

    private final List<Mark> inOrder = new ArrayList<>();

    private record Mark(RootChange root, Consumer<RootChange> what) {}

    void add(RootChange root, Consumer<RootChange> what) {
        inOrder.add(new Mark(root, what));
    }

    /** Marks, in place of each root, the one that stands for it. */
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
