package dev.fullstate.outbox.hidden;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import org.hibernate.annotations.Filter;
import org.hibernate.annotations.FilterDef;
import org.hibernate.annotations.SQLDelete;

import dev.fullstate.outbox.PublishFullState;

/** Filters that hide the root and its parts: one that enables itself and one that does not. */
@Entity
@FilterDef(name = "open", autoEnabled = true, defaultCondition = "closed = false", applyToLoadByKey = true)
@FilterDef(name = "loud", defaultCondition = "volume > 5")
@Filter(name = "open")
@SQLDelete(sql = "update ticket set closed = true where id = ? and version = ?")
@PublishFullState
public class Ticket {

    @Id
    public String id;

    public boolean closed;

    @OneToMany(cascade = CascadeType.ALL)
    @JoinColumn
    @OrderBy("id")
    @Filter(name = "open")
    @Filter(name = "loud")
    public List<Note> notes = new ArrayList<>();

    @Version
    public long version;

    protected Ticket() {}

    public Ticket(String id) {
        this.id = id;
    }

    /** A part. */
    @Entity(name = "Note")
    @Filter(name = "open")
    public static class Note {

        @Id
        public String id;

        public boolean closed;

        public int volume;

        protected Note() {}

        public Note(String id, int volume) {
            this.id = id;
            this.volume = volume;
        }
    }
}
