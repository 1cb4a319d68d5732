package dev.fullstate.outbox.commit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Loses the connection after the server has committed, and before the client knows. */
final class LostAnswers implements BeanPostProcessor {

    private final AtomicBoolean armed = new AtomicBoolean();

    void loseTheNext() {
        armed.set(true);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof DataSource
                ? proxy(
                        DataSource.class,
                        bean,
                        (method, arguments, result) ->
                                result instanceof Connection connection ? connection(connection) : result)
                : bean;
    }

    private Connection connection(Connection connection) {
        return proxy(Connection.class, connection, (method, arguments, result) -> {
            if (method.getName().equals("commit")) {
                lose(connection);
            }
            return result instanceof PreparedStatement statement
                            && arguments != null
                            && arguments[0] instanceof String sql
                            && sql.endsWith("; commit")
                    ? statement(connection, statement)
                    : result;
        });
    }

    private PreparedStatement statement(Connection connection, PreparedStatement statement) {
        return proxy(PreparedStatement.class, statement, (method, arguments, result) -> {
            if (method.getName().equals("execute")) {
                lose(connection);
            }
            return result;
        });
    }

    private void lose(Connection connection) throws Exception {
        if (armed.getAndSet(false)) {
            connection.unwrap(PgConnection.class).abort(Runnable::run);
            throw new PSQLException("lost by the test", PSQLState.CONNECTION_FAILURE);
        }
    }

    private interface After {
        @Nullable
        Object result(Method method, Object @Nullable [] arguments, @Nullable Object result) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Object target, After after) {
        return type.cast(Proxy.newProxyInstance(
                LostAnswers.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return after.result(method, arguments, method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
