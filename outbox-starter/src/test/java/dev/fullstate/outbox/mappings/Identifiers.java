package dev.fullstate.outbox.mappings;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import org.hibernate.annotations.NaturalId;

import dev.fullstate.outbox.PublishFullState;

/** Ids of one attribute, of roots and of parts to which only their owner's collection leads. */
final class Identifiers {

    private static final UUID UID = UUID.fromString("00000000-0000-4000-8000-000000000001");

    private Identifiers() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(uuid(), generated(), naturalId(), propertyAccess());
    }

    private static Lifecycle uuid() {
        return Lifecycle.of("badge", UID)
                .create(
                        em -> {
                            Badge badge = new Badge();
                            badge.id = UID;
                            badge.pins.add(new Pin(UID, "oak"));
                            em.persist(badge);
                        },
                        "{'id':'" + UID + "','pins':[{'id':'" + UID + "','wood':'oak'}]}")
                .change(
                        "a part",
                        em -> em.find(Pin.class, UID).wood = "ash",
                        "{'id':'" + UID + "','pins':[{'id':'" + UID + "','wood':'ash'}]}")
                .change("a part less", em -> em.find(Badge.class, UID).pins.clear(), "{'id':'" + UID + "','pins':[]}")
                .delete(Badge.class, UID);
    }

    private static Lifecycle generated() {
        return Lifecycle.of("ticket", 1)
                .create(em -> em.persist(new Ticket()), "{'id':1,'text':null}")
                .change("the text", em -> em.find(Ticket.class, 1L).text = "lost", "{'id':1,'text':'lost'}")
                .delete(Ticket.class, 1L);
    }

    private static Lifecycle naturalId() {
        return Lifecycle.of("book", 1)
                .create(
                        em -> {
                            Book book = new Book();
                            book.id = 1;
                            book.isbn = "978";
                            book.edition = new Edition("Ace", 1);
                            em.persist(book);
                        },
                        "{'id':1,'isbn':'978','edition':{'publisher':'Ace','number':1}}")
                .change(
                        "the natural id",
                        em -> em.find(Book.class, 1).isbn = "979",
                        "{'id':1,'isbn':'979','edition':{'publisher':'Ace','number':1}}")
                .change(
                        "an embedded attribute of the natural id",
                        em -> em.find(Book.class, 1).edition = new Edition("Ace", 2),
                        "{'id':1,'isbn':'979','edition':{'publisher':'Ace','number':2}}")
                .delete(Book.class, 1);
    }

    private static Lifecycle propertyAccess() {
        return Lifecycle.of("meter", "e-1")
                .create(
                        em -> {
                            Meter meter = new Meter();
                            meter.setNumber("e-1");
                            meter.getReadings().add(new Reading("may", 5));
                            em.persist(meter);
                        },
                        "{'number':'e-1','readings':[{'day':'may','amount':{'units':5}}]}")
                .change(
                        "an embeddable of a part",
                        em -> em.find(Reading.class, "may").getAmount().setUnits(6),
                        "{'number':'e-1','readings':[{'day':'may','amount':{'units':6}}]}")
                .change(
                        "a part less",
                        em -> em.find(Meter.class, "e-1").getReadings().clear(),
                        "{'number':'e-1','readings':[]}")
                .delete(Meter.class, "e-1");
    }

    /** A UUID. */
    @Entity
    @PublishFullState
    public static class Badge {

        @Id
        public UUID id;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Pin> pins = new ArrayList<>();

        @Version
        public Short version;
    }

    /** A part with a UUID. */
    @Entity
    public static class Pin {

        @Id
        public UUID id;

        public String wood;

        protected Pin() {}

        Pin(UUID id, String wood) {
            this.id = id;
            this.wood = wood;
        }
    }

    /** An id that the database makes. */
    @Entity
    @PublishFullState
    public static class Ticket {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        public Long id;

        public String text;

        @Version
        public Long version;
    }

    /** A natural id that may change. */
    @Entity
    @PublishFullState
    public static class Book {

        @Id
        public int id;

        @NaturalId(mutable = true)
        public String isbn;

        @NaturalId(mutable = true)
        public Edition edition;

        @Version
        public Integer version;
    }

    /** An embeddable in a natural id. */
    @Embeddable
    public record Edition(String publisher, int number) {}

    /** A root that is mapped by its getters, as its parts are. */
    @Entity
    @Access(AccessType.PROPERTY)
    @JsonPropertyOrder({"number", "readings"})
    @PublishFullState
    public static class Meter {

        private String key;
        private List<Reading> values = new ArrayList<>();
        private long revision;

        @Id
        public String getNumber() {
            return key;
        }

        public void setNumber(String number) {
            this.key = number;
        }

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Reading> getReadings() {
            return values;
        }

        public void setReadings(List<Reading> readings) {
            this.values = readings;
        }

        @Version
        public long getRevision() {
            return revision;
        }

        public void setRevision(long revision) {
            this.revision = revision;
        }
    }

    /** A part that is mapped by its getters. */
    @Entity
    @Access(AccessType.PROPERTY)
    @JsonPropertyOrder({"day", "amount"})
    public static class Reading {

        private String date;
        private Amount quantity;

        protected Reading() {}

        Reading(String day, int units) {
            this.date = day;
            this.quantity = new Amount();
            this.quantity.setUnits(units);
        }

        @Id
        public String getDay() {
            return date;
        }

        public void setDay(String day) {
            this.date = day;
        }

        public Amount getAmount() {
            return quantity;
        }

        public void setAmount(Amount amount) {
            this.quantity = amount;
        }
    }

    /** An embeddable that is mapped by its getters. */
    @Embeddable
    @Access(AccessType.PROPERTY)
    public static class Amount {

        private int count;

        public int getUnits() {
            return count;
        }

        public void setUnits(int units) {
            this.count = units;
        }
    }
}
