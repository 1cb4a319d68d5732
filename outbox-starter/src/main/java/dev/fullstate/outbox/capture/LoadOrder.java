package dev.fullstate.outbox.capture;

import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityEntryExtraState;
import org.jspecify.annotations.Nullable;

/** When an entity was last loaded, relative to others; kept with its entry in the persistence context. */
final class LoadOrder implements EntityEntryExtraState {

    private long position;
    private @Nullable EntityEntryExtraState next;

    private LoadOrder() {}

    static void note(EntityEntry entry, long position) {
        LoadOrder order = entry.getExtraState(LoadOrder.class);
        if (order == null) {
            order = new LoadOrder();
            entry.addExtraState(order);
        }
        order.position = position;
    }

    /** Whether a part's state is at least as new as its root's; what was never loaded was made in this session. */
    static boolean isAtLeastAsNew(EntityEntry part, EntityEntry root) {
        LoadOrder partOrder = part.getExtraState(LoadOrder.class);
        LoadOrder rootOrder = root.getExtraState(LoadOrder.class);
        return partOrder == null || rootOrder == null || partOrder.position >= rootOrder.position;
    }

    @Override
    public void addExtraState(EntityEntryExtraState extraState) {
        if (next == null) {
            next = extraState;
        } else {
            next.addExtraState(extraState);
        }
    }

    @Override
    @SuppressWarnings("NullAway") // the contract of the interface: null where there is none
    public <T extends EntityEntryExtraState> T getExtraState(Class<T> extraStateType) {
        if (extraStateType.isInstance(this)) {
            return extraStateType.cast(this);
        }
        // Hibernate's own implementations ask for the next one only, never for themselves.
        if (next == null || extraStateType.isInstance(next)) {
            return extraStateType.cast(next);
        }
        return next.getExtraState(extraStateType);
    }
}
