package dev.fullstate.outbox.mappings;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Associations with entities that have a life of their own: their ids, in each shape. */
final class References {

    private References() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(toMany(), toOne());
    }

    private static Lifecycle toMany() {
        return Lifecycle.of("playlist", 1)
                .given(em -> {
                    em.persist(new Song("a", 1));
                    em.persist(new Song("a", 2));
                })
                .create(
                        em -> {
                            Playlist playlist = new Playlist();
                            playlist.songs.add(song(em, 2));
                            playlist.songs.add(song(em, 1));
                            playlist.extras.add(song(em, 1));
                            em.persist(playlist);
                        },
                        playlist("{'album':'a','track':1},{'album':'a','track':2}", "{'album':'a','track':1}"))
                .change(
                        "a reference less",
                        em -> em.find(Playlist.class, 1).songs.remove(0),
                        playlist("{'album':'a','track':2}", "{'album':'a','track':1}"))
                .change(
                        "a reference in another table less",
                        em -> em.find(Playlist.class, 1).extras.clear(),
                        playlist("{'album':'a','track':2}", ""))
                .delete(Playlist.class, 1);
    }

    private static String playlist(String songs, String extras) {
        return "{'id':1,'songsIds':[" + songs + "],'extrasIds':[" + extras + "]}";
    }

    private static Song song(EntityManager em, int track) {
        return em.find(Song.class, new SongId("a", track));
    }

    private static Lifecycle toOne() {
        return Lifecycle.of("parcel", 1)
                .given(em -> {
                    em.persist(new Depot(new DepotId("north", 1), "N1"));
                    em.persist(new Depot(new DepotId("north", 2), "N2"));
                })
                .create(
                        em -> {
                            Parcel parcel = new Parcel();
                            parcel.from = em.getReference(Depot.class, new DepotId("north", 1));
                            parcel.byCode = em.find(Depot.class, new DepotId("north", 2));
                            em.persist(parcel);
                        },
                        parcel("{'region':'north','number':1}", "{'region':'north','number':2}"))
                .change(
                        "another reference",
                        em -> em.find(Parcel.class, 1).from = em.getReference(Depot.class, new DepotId("north", 2)),
                        parcel("{'region':'north','number':2}", "{'region':'north','number':2}"))
                .change(
                        "no reference any more",
                        em -> em.find(Parcel.class, 1).byCode = null,
                        parcel("{'region':'north','number':2}", "null"))
                .delete(Parcel.class, 1);
    }

    private static String parcel(String from, String byCode) {
        return "{'id':1,'fromId':" + from + ",'byCodeId':" + byCode + "}";
    }

    /** A root with many-to-many and one-to-many, each in a table of its own. */
    @Entity
    @PublishFullState
    public static class Playlist {

        @Id
        public int id = 1;

        @ManyToMany
        @OrderBy("track")
        public List<Song> songs = new ArrayList<>();

        @OneToMany
        public List<Song> extras = new ArrayList<>();

        @Version
        public long version;
    }

    /** A song with a life of its own, and an id class with private fields. */
    @Entity
    @IdClass(SongId.class)
    public static class Song {

        @Id
        public String album;

        @Id
        public int track;

        @ManyToMany(mappedBy = "songs")
        public List<Playlist> playlists = new ArrayList<>();

        protected Song() {}

        Song(String album, int track) {
            this.album = album;
            this.track = track;
        }
    }

    /** The id of a song. */
    public static class SongId implements Serializable {

        private static final long serialVersionUID = 1L;

        private String album;
        private int track;

        protected SongId() {}

        SongId(String album, int track) {
            this.album = album;
            this.track = track;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SongId id && Objects.equals(album, id.album) && track == id.track;
        }

        @Override
        public int hashCode() {
            return Objects.hash(album, track);
        }
    }

    /** A root that refers by id, and by a column that is not the id. */
    @Entity
    @PublishFullState
    public static class Parcel {

        @Id
        public int id = 1;

        @ManyToOne(fetch = FetchType.LAZY)
        public Depot from;

        @ManyToOne
        @JoinColumn(referencedColumnName = "code")
        public Depot byCode;

        @Version
        public long version;
    }

    /** A depot with a life of its own, and an embedded id with private fields. */
    @Entity
    public static class Depot {

        @EmbeddedId
        public DepotId id;

        @Column(unique = true)
        public String code;

        protected Depot() {}

        Depot(DepotId id, String code) {
            this.id = id;
            this.code = code;
        }
    }

    /** The id of a depot. */
    @Embeddable
    public static class DepotId implements Serializable {

        private static final long serialVersionUID = 1L;

        private String region;
        private int number;

        protected DepotId() {}

        DepotId(String region, int number) {
            this.region = region;
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof DepotId id && Objects.equals(region, id.region) && number == id.number;
        }

        @Override
        public int hashCode() {
            return Objects.hash(region, number);
        }
    }
}
