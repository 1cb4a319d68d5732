package dev.fullstate.outbox.faults.point;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.publish.Kafka;
import dev.fullstate.outbox.relay.wal.Horizons;
import dev.fullstate.outbox.relay.wal.RetainedRows;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalSource;
import dev.fullstate.outbox.relay.wal.WalStream;

/**
 * Puts failure points around the relay's ports: {@code WalStream.confirm:before}, {@code Producer.commitTransaction:after}, and so
 * on for each method. What a port hands out is a port again.
 */
final class Ports {

    private static final List<Class<?>> PORTS = List.of(
            WalSource.class,
            WalSession.class,
            WalStream.class,
            RetainedRows.class,
            Horizons.class,
            Kafka.Connector.class,
            Kafka.class,
            Producer.class);

    private final FailurePoints points;

    Ports(FailurePoints points) {
        this.points = points;
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
        String point = port.getSimpleName() + "." + method.getName();
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
