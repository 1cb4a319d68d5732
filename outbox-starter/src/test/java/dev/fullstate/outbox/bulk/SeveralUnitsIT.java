package dev.fullstate.outbox.bulk;

import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.support.TransactionTemplate;

import dev.fullstate.outbox.FullStateEvents;
import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.bulk.Item.Crate;
import dev.fullstate.outbox.bulk.Item.Parcel;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Two entity manager factories, built by hand: bulk statements of both are checked, marks go to the one that knows the type. */
class SeveralUnitsIT {

    static PostgresServer postgres;
    static ShopApplication application;

    /** The unit that is not the application's first. */
    record Parcels(EntityManagerFactory factory, TransactionTemplate transaction) {}

    @Configuration(proxyBeanMethods = false)
    static class Units {

        private static LocalContainerEntityManagerFactoryBean factory(DataSource dataSource, Class<?>... entities) {
            LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
            factory.setDataSource(dataSource);
            factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
            factory.setManagedTypes(PersistenceManagedTypes.of(
                    Stream.of(entities).map(Class::getName).toArray(String[]::new)));
            factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "update"));
            return factory;
        }

        @Bean
        @Primary
        LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
            return factory(dataSource, Ticket.class, Ticket.Remark.class, Ticket.Attachment.class, Ticket.Agent.class);
        }

        @Bean
        LocalContainerEntityManagerFactoryBean parcelUnit(DataSource dataSource) {
            return factory(dataSource, Item.class, Parcel.class, Crate.class, Item.Leaflet.class);
        }

        @Bean
        @Primary
        JpaTransactionManager transactionManager(EntityManagerFactory entityManagerFactory) {
            return new JpaTransactionManager(entityManagerFactory);
        }

        @Bean
        JpaTransactionManager parcelTransactions(@Qualifier("parcelUnit") EntityManagerFactory parcelUnit) {
            return new JpaTransactionManager(parcelUnit);
        }

        @Bean
        Parcels parcels(
                @Qualifier("parcelUnit") EntityManagerFactory parcelUnit,
                @Qualifier("parcelTransactions") JpaTransactionManager parcelTransactions) {
            return new Parcels(parcelUnit, new TransactionTemplate(parcelTransactions));
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        application = ShopApplication.startWith(Units.class, postgres, "units");
        application.run(em -> em.persist(new Ticket("open")));
        inParcels(() -> parcels().persist(new Parcel(1, "books", 3)));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void forget() {
        application.forgetOutbox();
    }

    private static void inParcels(Runnable work) {
        application.bean(Parcels.class).transaction().executeWithoutResult(status -> work.run());
    }

    private static EntityManager parcels() {
        return SharedEntityManagerCreator.createSharedEntityManager(
                application.bean(Parcels.class).factory());
    }

    @Test
    void bulkStatementsOfBothUnitsAreRefused() {
        assertThatThrownBy(() -> application.run(
                        em -> em.createQuery("delete from Ticket").executeUpdate()))
                .isInstanceOf(OutboxException.class);
        for (String hql : new String[] {"delete from Item", "update Parcel p set p.weight = 1"}) {
            assertThatThrownBy(() -> inParcels(() -> parcels().createQuery(hql).executeUpdate()))
                    .isInstanceOf(OutboxException.class);
        }
    }

    @Test
    void markGoesToTheUnitThatKnowsTheType() {
        inParcels(() -> {
            parcels()
                    .createNativeQuery("update item set label = 'maps' where id = 1")
                    .executeUpdate();
            application.bean(FullStateEvents.class).markChanged(Parcel.class, 1);
        });

        assertThat(application.outbox())
                .singleElement()
                .extracting(OutboxRow::payload)
                .isEqualTo("{\"dtype\":\"Parcel\",\"id\":1,\"label\":\"maps\",\"weight\":3}");
    }

    @Test
    void markInATransactionOfAnotherUnitFails() {
        FullStateEvents events = application.bean(FullStateEvents.class);

        assertThatThrownBy(() -> inParcels(() -> events.markChanged(Ticket.class, 1L)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "one of the entity manager factory that " + Ticket.class.getName() + " belongs to");
        assertThatThrownBy(() -> application.run(em -> events.markChanged(Parcel.class, 1)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(application.outbox()).isEmpty();
    }
}
