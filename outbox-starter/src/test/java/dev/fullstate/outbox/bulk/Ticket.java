package dev.fullstate.outbox.bulk;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Root in one table, with parts two levels deep, and a named bulk statement that no test has to run. */
@Entity
@PublishFullState
@NamedQuery(name = "Ticket.reopenAll", query = "update Ticket t set t.state = 'open'")
public class Ticket {

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    public Long id;

    public String state;

    @OneToMany(mappedBy = "ticket", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("id")
    public List<Remark> remarks = new ArrayList<>();

    @Version
    public int version;

    protected Ticket() {}

    public Ticket(String state, String... remarks) {
        this.state = state;
        for (String text : remarks) {
            this.remarks.add(new Remark(this, text));
        }
    }

    /** A part. */
    @Entity(name = "Remark")
    public static class Remark {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        public Long id;

        public String text;

        @ManyToOne(fetch = FetchType.LAZY)
        public Ticket ticket;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Attachment> attachments = new ArrayList<>();

        protected Remark() {}

        Remark(Ticket ticket, String text) {
            this.ticket = ticket;
            this.text = text;
        }
    }

    /** A part of a part. */
    @Entity(name = "Attachment")
    public static class Attachment {

        @Id
        public String name;

        public int size;
    }

    /** An entity that is not captured. */
    @Entity(name = "Agent")
    public static class Agent {

        @Id
        public String name;

        public String phone;
    }
}
