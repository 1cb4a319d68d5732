package dev.fullstate.outbox.shop;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.test.PostgresServer;

/** The shop as a service, on a database of its own. */
public final class ShopApplication implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private ShopApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    public static ShopApplication start(PostgresServer postgres, String database, String... properties)
            throws SQLException {
        String url = Databases.recreate(postgres, database);
        return start(postgres, url, Configuration.class, properties);
    }

    /** Starts with further configuration on a database of its own. */
    public static ShopApplication startWith(
            Class<?> configuration, PostgresServer postgres, String database, String... properties)
            throws SQLException {
        return start(postgres, Databases.recreate(postgres, database), configuration, properties);
    }

    /** Starts on a database that exists already. */
    public static ShopApplication startAgain(PostgresServer postgres, String database, String... properties) {
        return start(postgres, postgres.jdbcUrl(database), Configuration.class, properties);
    }

    /** Starts with further configuration on a database that exists already. */
    public static ShopApplication startAgainWith(
            Class<?> configuration, PostgresServer postgres, String database, String... properties) {
        return start(postgres, postgres.jdbcUrl(database), configuration, properties);
    }

    private static ShopApplication start(
            PostgresServer postgres, String url, Class<?> configuration, String... properties) {
        return new ShopApplication(new SpringApplicationBuilder(Configuration.class)
                .sources(configuration)
                .properties(
                        "spring.application.name=shop",
                        "spring.jpa.hibernate.ddl-auto=update",
                        "spring.main.banner-mode=off",
                        "logging.level.root=warn",
                        "logging.level.dev.fullstate=info",
                        "spring.main.web-application-type=none",
                        "spring.datasource.hikari.maximum-pool-size=24",
                        "spring.datasource.hikari.minimum-idle=1")
                .initializers(application -> ((GenericApplicationContext) application)
                        .registerBean(JdbcConnectionDetails.class, () -> new Database(url, postgres)))
                .run(Stream.of(properties).map(property -> "--" + property).toArray(String[]::new)));
    }
    /** The configuration, which scans the entities of this package. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Configuration {}

    private record Database(String getJdbcUrl, PostgresServer postgres) implements JdbcConnectionDetails {

        @Override
        public String getUsername() {
            return postgres.username();
        }

        @Override
        public String getPassword() {
            return postgres.password();
        }
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public TransactionTemplate transaction() {
        return new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    }

    public TransactionTemplate transaction(int isolation) {
        TransactionTemplate template = transaction();
        template.setIsolationLevel(isolation);
        return template;
    }

    public TransactionTemplate newTransaction() {
        TransactionTemplate template = transaction();
        template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        return template;
    }

    public EntityManager entityManager() {
        return context.getBean(EntityManager.class);
    }

    /** Does the work in one transaction. */
    public void run(Consumer<EntityManager> work) {
        transaction().executeWithoutResult(status -> work.accept(entityManager()));
    }

    /** Does the work in one transaction. */
    public <T> T call(Function<EntityManager, T> work) {
        return transaction().execute(status -> work.apply(entityManager()));
    }

    public JdbcClient jdbc() {
        return context.getBean(JdbcClient.class);
    }

    /** Returns all rows of the outbox, in their order. */
    public List<OutboxRow> outbox() {
        return jdbc().sql("select * from outbox order by seq")
                .query(OutboxRow.MAPPER)
                .list();
    }

    /** Returns the rows of one aggregate, in their order. */
    public List<OutboxRow> outbox(Object id) {
        return outbox().stream()
                .filter(row -> row.aggregateId().equals(String.valueOf(id)))
                .toList();
    }

    /** Empties the outbox by a delete: a truncation makes 64 new files. */
    public void forgetOutbox() {
        jdbc().sql("delete from outbox").update();
    }

    @Override
    public void close() {
        context.close();
    }
}
