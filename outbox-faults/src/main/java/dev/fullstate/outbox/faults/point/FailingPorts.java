package dev.fullstate.outbox.faults.point;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.wal.Horizons;
import dev.fullstate.outbox.relay.wal.Losses;
import dev.fullstate.outbox.relay.wal.RepublishJobs;
import dev.fullstate.outbox.relay.wal.RetainedRows;
import dev.fullstate.outbox.relay.wal.Subscription;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalSource;
import dev.fullstate.outbox.relay.wal.WalStream;

/**
 * Puts failure points around the relay's ports: {@code WalStream.confirm:before}, {@code Producer.commitTransaction:after}, and so on for
 * each method. Objects that a port returns are ports again.
 */
public final class FailingPorts {

    private static final List<Class<?>> PORTS = List.of(
            WalSource.class,
            WalSession.class,
            Subscription.class,
            WalStream.class,
            RetainedRows.class,
            Losses.class,
            Horizons.class,
            RepublishJobs.class,
            Kafka.Connector.class,
            Kafka.class,
            Kafka.LastValues.class,
            Producer.class);

    private final FailurePoints points;

    FailingPorts(FailurePoints points) {
        this.points = points;
    }

    /** {@return the calls that have a failure point before and one after them, as in {@code WalStream.confirm}} */
    public static Set<String> calls() {
        return PORTS.stream()
                .flatMap(port -> Arrays.stream(port.getMethods()).map(method -> call(port, method)))
                .collect(Collectors.toSet());
    }

    private static String call(Class<?> port, Method method) {
        return port.getSimpleName() + "." + method.getName();
    }

    /** {@return the object with failure points around it if it is a port, otherwise the object itself} */
    Object around(Object object) {
        for (Class<?> port : PORTS) {
            if (port.isInstance(object)) {
                return Proxy.newProxyInstance(
                        port.getClassLoader(),
                        new Class<?>[] {port},
                        (proxy, method, arguments) -> call(port, object, method, arguments));
            }
        }
        return object;
    }

    private @Nullable Object call(Class<?> port, Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return invoke(target, method, arguments);
        }
        String point = call(port, method);
        points.pass(point + ":before", port);
        Object result = invoke(target, method, arguments);
        points.pass(point + ":after", port);
        return result == null ? null : around(result);
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
