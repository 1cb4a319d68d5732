package dev.fullstate.outbox.shapes;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** A tree of parts of several kinds, with one that lies in several tables, and versions of their own. */
@Entity
@PublishFullState
@SuppressWarnings("UnusedVariable") // fields are read by reflection
public class Topic {

    @Id
    private Integer id;

    private int edits;

    @OneToMany(mappedBy = "topic", cascade = CascadeType.ALL, orphanRemoval = true)
    private List<Entry> entries = new ArrayList<>();

    @Version
    private int version;

    protected Topic() {}

    /** A tree of two levels below the first. */
    Topic(int id, int width) {
        this.id = id;
        for (int i = 0; i < width; i++) {
            Entry entry = new Answer(this, null);
            for (int j = 0; j < width; j++) {
                entry.entries.add(new Comment(null, entry));
                entry.entries.add(new Answer(null, entry));
            }
            entries.add(entry);
        }
    }

    void edit() {
        edits++;
    }

    List<Entry> all() {
        List<Entry> all = new ArrayList<>(entries);
        entries.forEach(entry -> all.addAll(entry.entries));
        return all;
    }

    /** A part of the root or of another one. */
    @Entity(name = "TopicEntry")
    @Inheritance(strategy = InheritanceType.JOINED)
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Entry {

        @Id
        private UUID id = UUID.randomUUID();

        @ManyToOne(fetch = FetchType.LAZY)
        private Topic topic;

        @ManyToOne(fetch = FetchType.LAZY)
        private Entry above;

        private int edits;

        @OneToMany(mappedBy = "above", cascade = CascadeType.ALL, orphanRemoval = true)
        private List<Entry> entries = new ArrayList<>();

        @Version
        private int version;

        protected Entry() {}

        Entry(Topic topic, Entry above) {
            this.topic = topic;
            this.above = above;
        }

        void edit() {
            edits++;
        }
    }

    /** A kind of entry. */
    @Entity(name = "TopicComment")
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Comment extends Entry {

        private String text = "text";

        protected Comment() {}

        Comment(Topic topic, Entry above) {
            super(topic, above);
        }
    }

    /** Another kind, in two tables, with a part that only this kind has. */
    @Entity(name = "TopicAnswer")
    @SecondaryTable(name = "topic_answer_score")
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Answer extends Entry {

        @Column(table = "topic_answer_score")
        private int score = 1;

        @OneToOne(cascade = CascadeType.ALL, orphanRemoval = true)
        private Proof proof = new Proof();

        protected Answer() {}

        Answer(Topic topic, Entry above) {
            super(topic, above);
        }
    }

    /** A part of one kind of part. */
    @Entity(name = "TopicProof")
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Proof {

        @Id
        private UUID id = UUID.randomUUID();

        private String text = "text";
    }
}
