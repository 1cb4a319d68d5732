package dev.fullstate.outbox.mappings;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import org.hibernate.annotations.OptimisticLock;
import org.hibernate.annotations.SortNatural;

import dev.fullstate.outbox.PublishFullState;
import dev.fullstate.outbox.mappings.Vehicle.Axle;
import dev.fullstate.outbox.mappings.Vehicle.Stop;
import dev.fullstate.outbox.mappings.Vehicle.Truck;

/** Roots and parts that extend others. */
final class Inheritances {

    private Inheritances() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(singleTable(), joined(), tablePerClass(), collectionsOfSuperclasses(), lazyKinds());
    }

    private static Lifecycle singleTable() {
        return Lifecycle.of("payment", 1)
                .create(
                        em -> {
                            CardPayment payment = new CardPayment();
                            payment.id = 1;
                            payment.scheme = "visa";
                            payment.refunds.add(new CashRefund(1, 5));
                            em.persist(payment);
                        },
                        "{'id':1,'cents':0,'refunds':[{'id':1,'coins':5}],'scheme':'visa'}")
                .change(
                        "an attribute of the subclass",
                        em -> em.find(CardPayment.class, 1).scheme = "amex",
                        "{'id':1,'cents':0,'refunds':[{'id':1,'coins':5}],'scheme':'amex'}")
                .change(
                        "an attribute of the superclass",
                        em -> em.find(Payment.class, 1).cents = 7,
                        "{'id':1,'cents':7,'refunds':[{'id':1,'coins':5}],'scheme':'amex'}")
                .change(
                        "an attribute of a part's subclass",
                        em -> em.find(CashRefund.class, 1).coins = 6,
                        "{'id':1,'cents':7,'refunds':[{'id':1,'coins':6}],'scheme':'amex'}")
                .change(
                        "a part less",
                        em -> em.find(Payment.class, 1).refunds.clear(),
                        "{'id':1,'cents':7,'refunds':[],'scheme':'amex'}")
                .delete(Payment.class, 1);
    }

    private static Lifecycle joined() {
        return Lifecycle.of("vehicle", "t9")
                .create(
                        em -> {
                            Truck truck = new Truck("t9", "AB 1");
                            truck.axles.add(new Axle("a9", 8));
                            truck.stops.add(new Stop("Lyon", 30));
                            em.persist(truck);
                        },
                        truck("AB 1", "{'id':'a9','load':8}", "{'city':'Lyon','minutes':30}"))
                .change(
                        "an attribute of the superclass",
                        em -> em.find(Vehicle.class, "t9").plate = "CD 2",
                        truck("CD 2", "{'id':'a9','load':8}", "{'city':'Lyon','minutes':30}"))
                .change(
                        "a part",
                        em -> em.find(Axle.class, "a9").load = 9,
                        truck("CD 2", "{'id':'a9','load':9}", "{'city':'Lyon','minutes':30}"))
                .change(
                        "an element less",
                        em -> em.find(Truck.class, "t9").stops.clear(),
                        truck("CD 2", "{'id':'a9','load':9}", ""))
                .change("a part less", em -> em.find(Truck.class, "t9").axles.clear(), truck("CD 2", "", ""))
                .delete(Vehicle.class, "t9");
    }

    private static String truck(String plate, String axles, String stops) {
        return "{'dtype':'Truck','id':'t9','plate':'" + plate + "','axles':[" + axles + "],'stops':[" + stops
                + "],'driversIds':[],'fuel':'DIESEL','rest':'PT45M'}";
    }

    private static Lifecycle tablePerClass() {
        return Lifecycle.of("invoice", 1)
                .given(em -> {
                    // The same id in another table.
                    Letter letter = new Letter();
                    letter.id = 1;
                    em.persist(letter);
                })
                .create(
                        em -> {
                            Invoice invoice = new Invoice();
                            invoice.id = 1;
                            invoice.title = "May";
                            invoice.positions.add(new Position(invoice, 1, "ink"));
                            em.persist(invoice);
                        },
                        "{'id':1,'title':'May','positions':[{'id':1,'text':'ink'}]}")
                .change(
                        "an attribute of the superclass",
                        em -> em.find(Invoice.class, 1L).title = "June",
                        "{'id':1,'title':'June','positions':[{'id':1,'text':'ink'}]}")
                .change(
                        "a part alone",
                        em -> em.find(Position.class, 1L).text = "pen",
                        "{'id':1,'title':'June','positions':[{'id':1,'text':'pen'}]}")
                .change(
                        "a part less",
                        em -> em.find(Invoice.class, 1L).positions.clear(),
                        "{'id':1,'title':'June','positions':[]}")
                .delete(Invoice.class, 1L);
    }

    /** The entities that declare the collections are neither roots nor parts themselves. */
    private static Lifecycle collectionsOfSuperclasses() {
        return Lifecycle.of("gadget", 1)
                .create(
                        em -> {
                            Gadget gadget = new Gadget();
                            gadget.id = 1;
                            gadget.tags.add("new");
                            Knob knob = new Knob();
                            knob.id = 2;
                            knob.tags.add("red");
                            gadget.knobs.add(knob);
                            em.persist(gadget);
                        },
                        "{'id':1,'tags':['new'],'knobs':[{'id':2,'tags':['red']}]}")
                .change(
                        "the root's collection",
                        em -> em.find(Gadget.class, 1).tags.add("old"),
                        "{'id':1,'tags':['new','old'],'knobs':[{'id':2,'tags':['red']}]}")
                .change(
                        "the part's collection",
                        em -> em.find(Knob.class, 2).tags.clear(),
                        "{'id':1,'tags':['new','old'],'knobs':[{'id':2,'tags':[]}]}")
                .change(
                        "a part less",
                        em -> em.find(Gadget.class, 1).knobs.clear(),
                        "{'id':1,'tags':['new','old'],'knobs':[]}")
                .delete(Gadget.class, 1);
    }

    /** Two kinds without attributes of their own, behind a proxy that is of neither. */
    private static Lifecycle lazyKinds() {
        return Lifecycle.of("wallet", 1)
                .create(
                        em -> {
                            Wallet wallet = new Wallet();
                            wallet.means = new Cash();
                            em.persist(wallet);
                        },
                        "{'id':1,'means':{'type':'cash','id':1}}")
                .change(
                        "only the kind",
                        em -> {
                            Wallet wallet = em.find(Wallet.class, 1);
                            wallet.means = new Giro();
                            wallet.means.id = 2;
                        },
                        "{'id':1,'means':{'type':'giro','id':2}}")
                .delete(Wallet.class, 1);
    }

    /** A root in one table with its subclasses. */
    @Entity
    @PublishFullState
    public abstract static class Payment {

        @Id
        public int id;

        public int cents;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        public List<Refund> refunds = new ArrayList<>();

        @Version
        public int version;
    }

    /** A root with an attribute of its own. */
    @Entity
    public static class CardPayment extends Payment {

        public String scheme;
    }

    /** A part, in one table with its subclasses. */
    @Entity
    public abstract static class Refund {

        @Id
        public int id;
    }

    /** A part with an attribute of its own. */
    @Entity
    public static class CashRefund extends Refund {

        public int coins;

        protected CashRefund() {}

        CashRefund(int id, int coins) {
            this.id = id;
            this.coins = coins;
        }
    }

    /** A superclass with a table for each subclass; not captured. */
    @Entity
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    public abstract static class Paper {

        @Id
        public long id;

        public String title;

        @Version
        public Integer version;
    }

    /** A root in a table of its own. */
    @Entity
    @PublishFullState
    public static class Invoice extends Paper {

        @OneToMany(mappedBy = "invoice", cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Position> positions = new ArrayList<>();
    }

    /** Another root in a table of its own. */
    @Entity
    @PublishFullState
    public static class Letter extends Paper {}

    /** A part. */
    @Entity
    public static class Position {

        @Id
        public long id;

        @ManyToOne
        public Invoice invoice;

        public String text;

        protected Position() {}

        Position(Invoice invoice, long id, String text) {
            this.invoice = invoice;
            this.id = id;
            this.text = text;
        }
    }

    /** A superclass whose parts refer to it; not captured. */
    @Entity
    public abstract static class Document {

        @Id
        public int id;

        @OneToMany(mappedBy = "document", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        public List<Line> lines = new ArrayList<>();

        @Version
        public int version;

        Document with(int line, String text) {
            Line added = new Line();
            added.id = line;
            added.text = text;
            added.document = this;
            lines.add(added);
            return this;
        }
    }

    /** A root among subclasses that are none. */
    @Entity
    @PublishFullState
    public static class Bill extends Document {}

    /** Not captured. */
    @Entity
    public static class Sketch extends Document {}

    /** A part of a bill, or of something else. */
    @Entity(name = "DocumentLine")
    public static class Line {

        @Id
        public int id;

        public String text;

        @ManyToOne(fetch = FetchType.LAZY)
        public Document document;
    }

    /** A superclass with a collection that does not raise the version of a root. */
    @Entity
    @Inheritance(strategy = InheritanceType.JOINED)
    public abstract static class Tagged {

        @Id
        public int id;

        @ElementCollection
        @OptimisticLock(excluded = true)
        @SortNatural
        public SortedSet<String> tags = new TreeSet<>();

        @Version
        public int version;
    }

    /** A root that inherits a collection. */
    @Entity
    @PublishFullState
    public static class Gadget extends Tagged {

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Knob> knobs = new ArrayList<>();
    }

    /** A part that inherits a collection. */
    @Entity
    public static class Knob extends Tagged {}

    /** A root with a part that is loaded on its first use. */
    @Entity
    @PublishFullState
    public static class Wallet {

        @Id
        public int id = 1;

        @OneToOne(fetch = FetchType.LAZY, cascade = CascadeType.ALL, orphanRemoval = true)
        public Means means;

        @Version
        public int version;
    }

    /** A part whose kinds have names for the web. */
    @Entity
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Cash.class, name = "cash"),
        @JsonSubTypes.Type(value = Giro.class, name = "giro")
    })
    public abstract static class Means {

        @Id
        public int id = 1;
    }

    /** One kind. */
    @Entity
    public static class Cash extends Means {}

    /** The other. */
    @Entity
    public static class Giro extends Means {}
}
