package dev.fullstate.outbox.moved;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NotFound;
import org.hibernate.annotations.NotFoundAction;
import org.hibernate.annotations.OptimisticLock;

import dev.fullstate.outbox.PublishFullState;

/** Root with parts that can be moved without a change of a version that they would be checked by. */
@Entity
@PublishFullState
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
class Album {

    @Id
    int id;

    @NaturalId
    String code;

    @OneToMany(mappedBy = "album", cascade = CascadeType.ALL)
    List<Track> tracks = new ArrayList<>();

    @OneToMany(mappedBy = "album", cascade = CascadeType.ALL)
    List<Sticker> stickers = new ArrayList<>();

    @OneToMany(mappedBy = "album", cascade = CascadeType.ALL)
    List<Cover> covers = new ArrayList<>();

    @Version
    int version;

    /** A part of any kind. */
    @MappedSuperclass
    abstract static class Item {

        @Id
        int id;

        String text;

        abstract void moveTo(Album album);
    }

    /** The version does not count the move. */
    @Entity(name = "Track")
    static class Track extends Item {

        @ManyToOne
        @OptimisticLock(excluded = true)
        Album album;

        @Version
        int version;

        @Override
        void moveTo(Album to) {
            album = to;
        }
    }

    /** Refers to an owner that need not be there. */
    @Entity(name = "Sticker")
    static class Sticker extends Item {

        @ManyToOne
        @NotFound(action = NotFoundAction.IGNORE)
        Album album;

        @Override
        void moveTo(Album to) {
            album = to;
        }
    }

    /** Refers to its owner by something else than the id. */
    @Entity(name = "Cover")
    static class Cover extends Item {

        @ManyToOne
        @JoinColumn(name = "album_code", referencedColumnName = "code")
        Album album;

        @Override
        void moveTo(Album to) {
            album = to;
        }
    }
}
