package dev.fullstate.outbox.moved;

import java.sql.SQLException;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.OptimisticLockingFailureException;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.moved.Album.Cover;
import dev.fullstate.outbox.moved.Album.Item;
import dev.fullstate.outbox.moved.Album.Sticker;
import dev.fullstate.outbox.moved.Album.Track;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A part that another transaction moves is not written back to its former root, whatever its mapping counts and refers to. */
class PartsThatNoVersionGuardsIT {

    static ShopApplication albums;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Album.class)
    static class Entities {}

    @BeforeAll
    static void start() throws SQLException {
        albums = ShopApplication.startWith(Entities.class, SharedServers.postgres(), "moved");
    }

    @AfterAll
    static void stop() {
        albums.close();
    }

    @BeforeEach
    void create() {
        albums.run(
                em -> em.createQuery("from Album", Album.class).getResultList().forEach(em::remove));
        albums.run(em -> {
            for (int id : List.of(1, 2)) {
                Album album = new Album();
                album.id = id;
                album.code = "code-" + id;
                em.persist(album);
            }
            for (Item item : List.of(new Track(), new Sticker(), new Cover())) {
                item.id = 10;
                item.moveTo(em.find(Album.class, 1));
                em.persist(item);
            }
        });
        albums.forgetOutbox();
    }

    @ParameterizedTest
    @ValueSource(classes = {Track.class, Sticker.class, Cover.class})
    void stalePartIsNotWrittenBackToItsFormerRoot(Class<? extends Item> part) {
        assertThatExceptionOfType(OptimisticLockingFailureException.class)
                .isThrownBy(() -> albums.run(em -> {
                    Item stale = em.find(part, 10);
                    albums.newTransaction().executeWithoutResult(status -> move(part));
                    stale.text = "written back";
                }))
                .withMessageContaining("moved it away from dev.fullstate.outbox.moved.Album 1");

        assertThat(albums.outbox()).extracting(OutboxRow::aggregateId).containsExactlyInAnyOrder("1", "2");
        albums.run(em -> assertThat(em.createQuery("select album.id from " + part.getSimpleName(), Integer.class)
                        .getResultList())
                .containsExactly(2));
    }

    @ParameterizedTest
    @ValueSource(classes = {Track.class, Sticker.class, Cover.class})
    void partThatNobodyMovesIsChangedMovedAndDeleted(Class<? extends Item> part) {
        albums.run(em -> em.find(part, 10).text = "changed");
        albums.run(em -> em.find(part, 10).moveTo(null));
        albums.run(em -> em.find(part, 10).text = "of nobody");
        albums.run(em -> em.find(part, 10).moveTo(em.find(Album.class, 2)));
        albums.run(em -> em.remove(em.find(part, 10)));

        assertThat(albums.outbox()).extracting(OutboxRow::aggregateId).containsExactly("1", "1", "2", "2");
    }

    @Test
    void partWhoseOwnerIsMissingMayBeChangedAndDeleted() {
        albums.run(
                em -> em.createNativeQuery("update sticker set album_id = 99").executeUpdate());

        albums.run(em -> em.find(Sticker.class, 10).text = "changed");
        albums.run(em -> em.remove(em.find(Sticker.class, 10)));

        assertThat(albums.outbox()).isEmpty();
    }

    private static void move(Class<? extends Item> part) {
        albums.entityManager().find(part, 10).moveTo(albums.entityManager().find(Album.class, 2));
    }
}
