package dev.fullstate.outbox.reading;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

import org.jspecify.annotations.Nullable;

/** A statement that was executed in a round trip, for Hibernate to load what its rows have: it takes no parameters any more. */
final class AnsweredStatement {

    private AnsweredStatement() {}

    /** Returns a statement that answers its execution with these rows. Closing it has no effect on them. */
    static PreparedStatement with(ResultSet rows) {
        return (PreparedStatement) Proxy.newProxyInstance(
                AnsweredStatement.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "executeQuery" -> rows;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "toString" -> "answered statement";
                    default -> nothing(method);
                });
    }

    private static @Nullable Object nothing(Method method) {
        Class<?> type = method.getReturnType();
        if (type == boolean.class) {
            return method.getName().equals("isClosed");
        }
        return type == int.class ? 0 : null;
    }
}
