package dev.fullstate.outbox.contention;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

@Entity
@PublishFullState
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
class Page {

    @Id
    int id;

    String title = "new";

    @OneToMany(mappedBy = "page", cascade = CascadeType.ALL, orphanRemoval = true)
    List<Note> notes = new ArrayList<>();

    @OneToMany(mappedBy = "page", cascade = CascadeType.ALL, orphanRemoval = true)
    List<Task> tasks = new ArrayList<>();

    @Version
    int version;

    /** A part without a version. */
    @Entity(name = "Note")
    static class Note {

        @Id
        @GeneratedValue
        Integer id;

        String text = "new";

        @ManyToOne
        Page page;
    }

    /** A part with a version. */
    @Entity(name = "Task")
    static class Task {

        @Id
        @GeneratedValue
        Integer id;

        String text = "new";

        @ManyToOne
        Page page;

        @Version
        int version;
    }
}
