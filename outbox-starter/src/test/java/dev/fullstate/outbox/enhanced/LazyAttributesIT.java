package dev.fullstate.outbox.enhanced;

import java.time.Duration;
import java.util.List;

import jakarta.persistence.EntityManager;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.PersistentAttributeInterceptable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.enhanced.Film.FilmScene;
import dev.fullstate.outbox.enhanced.Film.FilmTrailer;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The event has lazy attributes, whether the application has loaded them or not. */
class LazyAttributesIT {

    static PostgresServer postgres;
    static ShopApplication application;

    @Configuration(proxyBeanMethods = false)
    @EntityScan("dev.fullstate.outbox.enhanced")
    static class Enhanced {}

    @BeforeAll
    static void start() throws Exception {
        Enhancement.install("dev.fullstate.outbox.enhanced.Film");
        postgres = SharedServers.postgres();
        application = ShopApplication.startWith(Enhanced.class, postgres, "enhanced");
        assertThat(PersistentAttributeInterceptable.class).isAssignableFrom(Film.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void newFilms() {
        application.forgetOutbox();
        application
                .jdbc()
                .sql("truncate film, film_scene, film_poster, film_trailer cascade")
                .update();
        application.run(em -> {
            Film first = new Film(1, "one", null);
            em.persist(first);
            em.persist(new Film(2, "two", first));
        });
        assertThat(payloads())
                .containsExactly(film(1, "one", "script", "null", 30, 1), film(2, "two", "script", "1", 30, 1));
        application.forgetOutbox();
    }

    private static List<String> payloads() {
        return application.outbox().stream().map(OutboxRow::payload).toList();
    }

    private static String film(int id, String title, String script, String sequelOf, int seconds, int takes) {
        return """
                {"id":%1$d,"title":"%2$s","script":"%3$s","reel":"AQI=","sequelOfId":%4$s,\
                "trailer":{"id":%1$d,"seconds":%5$d},"poster":{"id":%1$d,"slogan":"soon"},\
                "scenes":[{"id":%1$d,"notes":"none","takes":%6$d}]}""".formatted(id, title, script, sequelOf, seconds, takes);
    }

    @Test
    void attributesThatTheApplicationHasNotLoadedAreInTheEvent() {
        application.run(em -> {
            Film film = em.find(Film.class, 2);
            film.rename("deux");
            assertThat(Hibernate.isPropertyInitialized(film, "script")).isFalse();
        });

        assertThat(payloads()).containsExactly(film(2, "deux", "script", "1", 30, 1));
        assertRepublishedIsTheSame();
    }

    @Test
    void changeOfALazyAttributeIsAnEvent() {
        application.run(em -> em.find(Film.class, 2).rewrite("again"));

        assertThat(payloads()).containsExactly(film(2, "two", "again", "1", 30, 1));
        assertRepublishedIsTheSame();
    }

    @Test
    void changeOfALazyPartIsAnEvent() {
        application.run(em -> em.find(FilmTrailer.class, 2).cut());
        application.run(em -> em.find(FilmScene.class, 2).repeat());

        assertThat(payloads())
                .containsExactly(film(2, "two", "script", "1", 29, 1), film(2, "two", "script", "1", 29, 2));
        assertRepublishedIsTheSame();
    }

    @Test
    void rootThatIsTheLazyReferenceOfAnotherIsReadAsAWhole() {
        application.run(em -> {
            em.find(Film.class, 1).rename("un");
            em.find(Film.class, 2).rename("deux");
        });

        assertThat(payloads())
                .containsExactlyInAnyOrder(
                        film(1, "un", "script", "null", 30, 1), film(2, "deux", "script", "1", 30, 1));
        assertThat(application.outbox()).extracting(OutboxRow::entityVersion).containsExactly(1L, 1L);
    }

    @Test
    void rootChangedOrDeletedThroughAReferenceHasAnEvent() {
        application.run(em -> em.getReference(Film.class, 2).rename("deux"));
        application.run(em -> em.find(Film.class, 2).strip());
        application.run(LazyAttributesIT::removeByReference);

        assertThat(payloads())
                .containsExactly(
                        film(2, "deux", "script", "1", 30, 1),
                        "{\"id\":2,\"title\":\"deux\",\"script\":\"script\",\"reel\":\"AQI=\",\"sequelOfId\":1,"
                                + "\"trailer\":null,\"poster\":null,\"scenes\":[]}",
                        null);
        assertThat(application.outbox()).extracting(OutboxRow::entityVersion).containsExactly(1L, 2L, 2L);
    }

    private static void removeByReference(EntityManager em) {
        em.remove(em.getReference(Film.class, 2));
    }

    private static void assertRepublishedIsTheSame() {
        String live = payloads().get(payloads().size() - 1);
        application.forgetOutbox();
        Republisher republisher = application.bean(Republisher.class);
        var job = republisher.start(List.of(), "test");
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> republisher.find(job).orElseThrow().state() == Job.State.COMPLETED);
        assertThat(payloads()).hasSize(2).contains(live);
    }
}
