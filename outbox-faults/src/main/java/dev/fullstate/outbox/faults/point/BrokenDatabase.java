package dev.fullstate.outbox.faults.point;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.RetainedRows;
import dev.fullstate.outbox.relay.wal.Subscription;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalStream;

/** Leads the relay to the database, and changes some of the answers. */
final class BrokenDatabase {

    private final Mutant mutant;

    private BrokenDatabase(Mutant mutant) {
        this.mutant = mutant;
    }

    static <T> T around(Class<T> port, T target, Mutant mutant) {
        BrokenDatabase broken = new BrokenDatabase(mutant);
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (proxy, method, arguments) -> broken.call(target, method, arguments)));
    }

    private @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getName().equals("requirePublication") && !mutant.requiresPublication()) {
            return null;
        }
        try {
            return broken(method.invoke(target, arguments), arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private @Nullable Object broken(@Nullable Object answer, Object @Nullable [] arguments) {
        if (answer instanceof WalSession session) {
            return around(WalSession.class, session, mutant);
        }
        if (answer instanceof Subscription subscription) {
            return around(Subscription.class, subscription, mutant);
        }
        if (answer instanceof WalStream stream) {
            return around(WalStream.class, stream, mutant);
        }
        if (answer instanceof RetainedRows rows) {
            return around(RetainedRows.class, rows, mutant);
        }
        if (answer instanceof Facts facts && arguments != null && arguments[0] instanceof ResumePoint recorded) {
            return mutant.looking(facts, recorded);
        }
        return answer instanceof Numbers numbers ? mutant.continuing(numbers) : answer;
    }
}
