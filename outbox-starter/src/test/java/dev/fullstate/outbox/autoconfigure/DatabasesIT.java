package dev.fullstate.outbox.autoconfigure;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

import javax.sql.DataSource;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

import dev.fullstate.outbox.fragile.Anchor;
import dev.fullstate.outbox.fragile.Fragile;
import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.hidden.Memo;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.republish.InvalidRepublishRequestException;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.retention.Outboxes;
import dev.fullstate.outbox.retention.Retention;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.uncaptured.Plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** An application with several databases: each with captured entities gets an outbox of its own, and no other does. */
@ExtendWith(OutputCaptureExtension.class)
class DatabasesIT {

    static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = SharedServers.postgres();
    }

    /** None of the data sources or factories is primary, so Spring Boot backs off. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class SeveralDatabases {

        private static DataSource postgres(String database) {
            return new DriverManagerDataSource(postgres.jdbcUrl(database), postgres.username(), postgres.password());
        }

        @Bean
        DataSource fragileDatabase() {
            return postgres("fragile");
        }

        @Bean
        DataSource hiddenDatabase() {
            return postgres("hidden");
        }

        @Bean
        DataSource plainDatabase() {
            return postgres("plain");
        }

        @Bean
        DataSource otherDatabase() {
            return new DriverManagerDataSource("jdbc:h2:mem:other;DB_CLOSE_DELAY=-1");
        }

        @Bean
        LocalContainerEntityManagerFactoryBean fragile(DataSource fragileDatabase) {
            return unit("fragile", fragileDatabase, Fragile.class);
        }

        @Bean
        LocalContainerEntityManagerFactoryBean hidden(DataSource hiddenDatabase) {
            return unit("hidden", hiddenDatabase, Memo.class);
        }

        @Bean
        LocalContainerEntityManagerFactoryBean plain(DataSource plainDatabase) {
            return unit("plain", plainDatabase, Plain.class);
        }

        @Bean
        LocalContainerEntityManagerFactoryBean other(DataSource otherDatabase) {
            return unit("other", otherDatabase, Fragile.class);
        }

        @Bean
        LocalContainerEntityManagerFactoryBean plainOther(DataSource otherDatabase) {
            return unit("plain-other", otherDatabase, Plain.class);
        }

        private static LocalContainerEntityManagerFactoryBean unit(String name, DataSource data, Class<?> entity) {
            LocalContainerEntityManagerFactoryBean unit = new LocalContainerEntityManagerFactoryBean();
            unit.setPersistenceUnitName(name);
            unit.setDataSource(data);
            unit.setPackagesToScan(entity.getPackageName());
            unit.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
            unit.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "update"));
            return unit;
        }
    }

    private static void inTransaction(
            ConfigurableApplicationContext application, String unit, Consumer<EntityManager> work) {
        EntityManagerFactory factory = application.getBean(unit, EntityManagerFactory.class);
        factory.runInTransaction(work);
    }

    private static JdbcClient jdbc(ConfigurableApplicationContext application, String dataSource) {
        return JdbcClient.create(application.getBean(dataSource, DataSource.class));
    }

    private static List<String> aggregateIds(ConfigurableApplicationContext application, String dataSource) {
        return jdbc(application, dataSource)
                .sql("select aggregateid from outbox order by seq")
                .query(String.class)
                .list();
    }

    @Test
    void eachDatabaseWithCapturedEntitiesHasAnOutboxOfItsOwn(CapturedOutput output) throws SQLException {
        for (String database : List.of("fragile", "hidden", "plain")) {
            Databases.recreate(postgres, database);
        }
        try (ConfigurableApplicationContext application = new SpringApplicationBuilder(SeveralDatabases.class)
                .properties("spring.main.web-application-type=none", "spring.data.jpa.repositories.enabled=false")
                .run()) {
            inTransaction(application, "fragile", em -> em.persist(new Fragile("f1")));
            inTransaction(application, "hidden", em -> em.persist(new Memo("m1", "text")));
            inTransaction(application, "plain", em -> em.persist(new Plain("p1")));
            inTransaction(application, "other", em -> em.persist(new Fragile("f2")));
            inTransaction(application, "plainOther", em -> em.persist(new Plain("p2")));

            assertThat(aggregateIds(application, "fragileDatabase")).containsExactly("f1");
            assertThat(aggregateIds(application, "hiddenDatabase")).containsExactly("m1");
            assertThat(jdbc(application, "plainDatabase")
                            .sql("select count(*) from pg_class where relname like 'outbox%'")
                            .query(Long.class)
                            .single())
                    .isZero();
            assertThatEachIsRepublishedAndRetained(application);
        }
        assertThat(output)
                .containsPattern("Changes of \\[.*" + Fragile.class.getName()
                        + "\\] are not captured: their entity manager factory 'other' is not on PostgreSQL")
                .doesNotContain(Plain.class.getName(), Anchor.class.getName());
    }

    private static void assertThatEachIsRepublishedAndRetained(ConfigurableApplicationContext application) {
        Republisher republisher = application.getBean(Republisher.class);
        UUID job = republisher.start(List.of("memo"), "test");
        await().until(() -> republisher.find(job).orElseThrow().state() == Job.State.COMPLETED);
        assertThat(aggregateIds(application, "hiddenDatabase")).containsExactly("m1", "m1");
        assertThat(aggregateIds(application, "fragileDatabase")).containsExactly("f1");
        assertThatThrownBy(() -> republisher.start(List.of(), "test"))
                .isInstanceOf(InvalidRepublishRequestException.class)
                .hasMessageContaining("in 'fragile', [contract, memo, ticket] in 'hidden'");

        Map<String, Retention> retentions = application.getBean(Outboxes.class).retentions();
        assertThat(retentions).containsOnlyKeys("fragile", "hidden");
        assertThat(retentions.values())
                .allSatisfy(
                        retention -> await().until(() -> retention.lastState().isPresent()));
    }
}
