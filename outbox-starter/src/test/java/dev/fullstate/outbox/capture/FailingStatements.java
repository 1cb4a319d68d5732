package dev.fullstate.outbox.capture;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Lets the next statement that matches a pattern fail, as the server would let it fail. */
final class FailingStatements implements BeanPostProcessor {

    private record Failure(Pattern statement, String sqlState) {}

    private final AtomicReference<@Nullable Failure> next = new AtomicReference<>();

    void next(String statement, String sqlState) {
        next.set(new Failure(Pattern.compile(statement, Pattern.CASE_INSENSITIVE), sqlState));
    }

    /** Returns whether no statement has matched, and forgets the pattern. */
    boolean isPending() {
        return next.getAndSet(null) != null;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof DataSource
                ? proxy(
                        DataSource.class,
                        bean,
                        (method, result) -> result instanceof Connection connection ? connection(connection) : result)
                : bean;
    }

    private Connection connection(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object result = invoke(connection, method, arguments);
                    return result instanceof PreparedStatement statement && arguments[0] instanceof String sql
                            ? statement(statement, sql)
                            : result;
                });
    }

    private Object statement(PreparedStatement statement, String sql) {
        return proxy(PreparedStatement.class, statement, (method, result) -> result, () -> fail(sql));
    }

    private void fail(String sql) throws PSQLException {
        Failure failure = next.get();
        if (failure != null && failure.statement.matcher(sql).find()) {
            next.set(null);
            throw new PSQLException(
                    new ServerErrorMessage("SERROR\0C" + failure.sqlState + "\0Mlet fail by the test\0"));
        }
    }

    private interface After {
        Object result(java.lang.reflect.Method method, @Nullable Object result);
    }

    private interface Before {
        void execution() throws PSQLException;
    }

    private Object proxy(Class<?> type, Object target, After after) {
        return proxy(type, target, after, () -> {});
    }

    private Object proxy(Class<?> type, Object target, After after, Before before) {
        return Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().startsWith("execute")) {
                        before.execution();
                    }
                    return after.result(method, invoke(target, method, arguments));
                });
    }

    private static @Nullable Object invoke(
            Object target, java.lang.reflect.Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
