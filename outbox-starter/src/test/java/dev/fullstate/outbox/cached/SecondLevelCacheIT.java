package dev.fullstate.outbox.cached;

import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

class SecondLevelCacheIT {

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Shelter.class)
    static class Cached {}

    @Test
    void eventsAreReadPastTheCacheAndTheRaisedVersionDoesNotMakeTheCacheStale() throws Exception {
        try (PostgresServer postgres = PostgresServer.start();
                ShopApplication application = ShopApplication.startWith(
                        Cached.class,
                        postgres,
                        "cached",
                        "spring.jpa.properties.hibernate.cache.region.factory_class=jcache",
                        "spring.jpa.properties.hibernate.javax.cache.missing_cache_strategy=create")) {
            application.run(em -> {
                Shelter shelter = new Shelter(1, "north");
                shelter.animals.add(new Shelter.Animal("Rex", 3));
                em.persist(shelter);
            });
            application.run(em -> assertThat(em.find(Shelter.class, 1L).animals).hasSize(1));
            assertThat(application.bean(SessionFactory.class).getCache().containsEntity(Shelter.class, 1L))
                    .isTrue();

            application.run(em -> em.find(Shelter.Animal.class, "Rex").age = 4);
            application.jdbc().sql("update animal set age = 9").update();
            application.run(em -> em.find(Shelter.class, 1L).name = "south");

            assertThat(application.outbox())
                    .extracting(OutboxRow::entityVersion)
                    .containsExactly(0L, 1L, 2L);
            assertThat(application.outbox().get(2).payload())
                    .isEqualTo("{\"id\":1,\"name\":\"south\",\"animals\":[{\"name\":\"Rex\",\"age\":9}]}");
        }
    }
}
