package dev.fullstate.outbox.enhanced;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import jakarta.persistence.Basic;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** A root with all kinds of lazy attributes. Only its own methods touch its fields, because those methods are enhanced. */
@Entity
@SuppressWarnings("UnusedVariable") // fields are read by reflection
@PublishFullState
public class Film {

    @Id
    private int id;

    private String title;

    @Basic(fetch = FetchType.LAZY)
    private String script;

    @Basic(fetch = FetchType.LAZY)
    private byte[] reel = {1, 2};

    @ManyToOne(fetch = FetchType.LAZY)
    private Film sequelOf;

    @OneToOne(fetch = FetchType.LAZY, cascade = CascadeType.ALL, orphanRemoval = true)
    private FilmTrailer trailer;

    @OneToOne(mappedBy = "film", fetch = FetchType.LAZY, cascade = CascadeType.ALL, orphanRemoval = true)
    private FilmPoster poster;

    @OneToMany(mappedBy = "film", cascade = CascadeType.ALL, orphanRemoval = true)
    private List<FilmScene> scenes = new ArrayList<>();

    @Version
    private long version;

    protected Film() {}

    public Film(int id, String title, Film sequelOf) {
        this.id = id;
        this.title = title;
        this.script = "script";
        this.sequelOf = sequelOf;
        this.trailer = new FilmTrailer(id);
        this.poster = new FilmPoster(id, this);
        this.scenes.add(new FilmScene(id, this));
    }

    public void rename(String newTitle) {
        this.title = newTitle;
    }

    public void rewrite(String newScript) {
        this.script = newScript;
    }

    /** Removes all of its parts. */
    public void strip() {
        this.trailer = null;
        Objects.requireNonNull(this.poster); // Hibernate deletes only an orphan that it has loaded.
        this.poster = null;
        this.scenes.clear();
    }

    /** A part that the root refers to. */
    @Entity(name = "FilmTrailer")
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class FilmTrailer {

        @Id
        private int id;

        private int seconds = 30;

        protected FilmTrailer() {}

        FilmTrailer(int id) {
            this.id = id;
        }

        public void cut() {
            this.seconds--;
        }
    }

    /** A part that refers to the root. */
    @Entity(name = "FilmPoster")
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class FilmPoster {

        @Id
        private int id;

        @OneToOne(fetch = FetchType.LAZY)
        private Film film;

        @Basic(fetch = FetchType.LAZY)
        private String slogan = "soon";

        protected FilmPoster() {}

        FilmPoster(int id, Film film) {
            this.id = id;
            this.film = film;
        }
    }

    /** One of many parts. */
    @Entity(name = "FilmScene")
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class FilmScene {

        @Id
        private int id;

        @ManyToOne(fetch = FetchType.LAZY)
        private Film film;

        @Basic(fetch = FetchType.LAZY)
        private String notes = "none";

        private int takes = 1;

        protected FilmScene() {}

        FilmScene(int id, Film film) {
            this.id = id;
            this.film = film;
        }

        public void repeat() {
            this.takes++;
        }
    }
}
