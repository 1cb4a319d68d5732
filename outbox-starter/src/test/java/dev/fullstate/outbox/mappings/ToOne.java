package dev.fullstate.outbox.mappings;

import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinTable;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToOne;
import jakarta.persistence.PrimaryKeyJoinColumn;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** One root and one part, wherever the foreign key is. */
final class ToOne {

    private ToOne() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(
                part("owning", Owning.class, Owning::new, OwnedPart::new, (root, part) -> root.part = part),
                part(
                        "lazily-owning",
                        LazilyOwning.class,
                        LazilyOwning::new,
                        LazyPart::new,
                        (root, part) -> root.part = part),
                part("owning-both", OwningBoth.class, OwningBoth::new, BothPart::new, OwningBoth::own),
                part("inverse", Inverse.class, Inverse::new, InversePart::new, Inverse::own),
                part(
                        "by-link-table",
                        ByLinkTable.class,
                        ByLinkTable::new,
                        LinkedPart::new,
                        (root, part) -> root.part = part),
                part("shared-key", SharedKey.class, SharedKey::new, SharedPart::new, (root, part) -> root.part = part),
                part("mapped-id", MappedId.class, MappedId::new, MappedIdPart::new, MappedId::own),
                part("derived-id", DerivedId.class, DerivedId::new, DerivedPart::new, DerivedId::own),
                part(
                        "inverse-in-embeddable",
                        InverseInEmbeddable.class,
                        InverseInEmbeddable::new,
                        TiedPart::new,
                        InverseInEmbeddable::own),
                part("embedding", Embedding.class, Embedding::new, HeldPart::new, Embedding::own));
    }

    private static <R, P extends Single> Lifecycle part(
            String type, Class<R> root, Supplier<R> newRoot, Supplier<P> newPart, BiConsumer<R, P> own) {
        Class<? extends Single> part = newPart.get().getClass();
        return Lifecycle.of(type, 1)
                .create(
                        em -> {
                            R whole = newRoot.get();
                            own.accept(whole, newPart.get());
                            em.persist(whole);
                        },
                        state(type, "{'size':1,'id':1}"))
                .change("the part alone", em -> em.find(part, 1).size = 2, state(type, "{'size':2,'id':1}"))
                .change("no part any more", em -> own.accept(em.find(root, 1), null), state(type, "null"))
                .change(
                        "another part",
                        em -> own.accept(em.find(root, 1), newPart.get()),
                        state(type, "{'size':1,'id':1}"))
                .delete(root, 1);
    }

    /** A part whose id is its root has no id of its own in the state, because the way up is left out. */
    private static String state(String type, String part) {
        String attribute = "'part':" + (type.equals("derived-id") ? part.replace(",'id':1", "") : part);
        return "{'id':1," + (type.equals("embedding") ? "'inner':{'text':'x'," + attribute + "}" : attribute) + "}";
    }

    /** The common attributes of the roots. */
    @MappedSuperclass
    public abstract static class One {

        @Id
        public int id = 1;

        @Version
        public int version;
    }

    /** The common attributes of the parts. */
    @MappedSuperclass
    public abstract static class Single {

        public int size = 1;
    }

    /** The common attributes of most parts; their root and its part have the same id. */
    @MappedSuperclass
    public abstract static class Numbered extends Single {

        @Id
        public int id = 1;
    }

    /** The root has the key of the part. */
    @Entity
    @PublishFullState
    public static class Owning extends One {

        @OneToOne(cascade = CascadeType.ALL, orphanRemoval = true)
        public OwnedPart part;
    }

    /** A part. */
    @Entity
    public static class OwnedPart extends Numbered {}

    /** The root has the key of the part, which is a proxy until it is read. */
    @Entity
    @PublishFullState
    public static class LazilyOwning extends One {

        @OneToOne(cascade = CascadeType.ALL, orphanRemoval = true, fetch = FetchType.LAZY)
        public LazyPart part;
    }

    /** A part. */
    @Entity
    public static class LazyPart extends Numbered {}

    /** The root has the key of the part, which knows its root. */
    @Entity
    @PublishFullState
    public static class OwningBoth extends One {

        @OneToOne(cascade = CascadeType.ALL, orphanRemoval = true)
        public BothPart part;

        void own(BothPart newPart) {
            if (newPart != null) {
                newPart.whole = this;
            }
            part = newPart;
        }
    }

    /** A part. */
    @Entity
    public static class BothPart extends Numbered {

        @OneToOne(mappedBy = "part")
        public OwningBoth whole;
    }

    /** The part has the key of the root. */
    @Entity
    @PublishFullState
    public static class Inverse extends One {

        @OneToOne(mappedBy = "whole", cascade = CascadeType.ALL, orphanRemoval = true)
        public InversePart part;

        void own(InversePart newPart) {
            if (newPart != null) {
                newPart.whole = this;
            }
            part = newPart;
        }
    }

    /** A part. */
    @Entity
    public static class InversePart extends Numbered {

        @OneToOne
        public Inverse whole;
    }

    /** A table of its own has both keys. */
    @Entity
    @PublishFullState
    public static class ByLinkTable extends One {

        @OneToOne(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinTable(name = "link_table")
        public LinkedPart part;
    }

    /** A part. */
    @Entity
    public static class LinkedPart extends Numbered {}

    /** Root and part have one key, and the part does not know its root. */
    @Entity
    @PublishFullState
    public static class SharedKey extends One {

        @OneToOne(cascade = CascadeType.ALL, orphanRemoval = true)
        @PrimaryKeyJoinColumn
        public SharedPart part;
    }

    /** A part. */
    @Entity
    public static class SharedPart extends Numbered {}

    /** Root and part have one key. */
    @Entity
    @PublishFullState
    public static class MappedId extends One {

        @OneToOne(mappedBy = "whole", cascade = CascadeType.ALL, orphanRemoval = true)
        public MappedIdPart part;

        void own(MappedIdPart newPart) {
            if (newPart != null) {
                newPart.whole = this;
            }
            part = newPart;
        }
    }

    /** A part. */
    @Entity
    public static class MappedIdPart extends Single {

        @Id
        public Integer id;

        @MapsId
        @OneToOne(fetch = FetchType.LAZY)
        public MappedId whole;
    }

    /** The root is the part's id. */
    @Entity
    @PublishFullState
    public static class DerivedId extends One {

        @OneToOne(mappedBy = "whole", cascade = CascadeType.ALL, orphanRemoval = true)
        public DerivedPart part;

        void own(DerivedPart newPart) {
            if (newPart != null) {
                newPart.whole = this;
            }
            part = newPart;
        }
    }

    /** A part. */
    @Entity
    public static class DerivedPart extends Single {

        @Id
        @OneToOne
        public DerivedId whole;
    }

    /** The part has the key of the root in an embeddable. */
    @Entity
    @PublishFullState
    public static class InverseInEmbeddable extends One {

        @OneToOne(mappedBy = "tie.whole", cascade = CascadeType.ALL, orphanRemoval = true)
        public TiedPart part;

        void own(TiedPart newPart) {
            if (newPart != null) {
                newPart.tie.whole = this;
            }
            part = newPart;
        }
    }

    /** A part. */
    @Entity
    public static class TiedPart extends Numbered {

        @JsonIgnore
        public Tie tie = new Tie();
    }

    /** The way up. */
    @Embeddable
    public static class Tie {

        @OneToOne
        public InverseInEmbeddable whole;
    }

    /** The root holds the part in an embeddable. */
    @Entity
    @PublishFullState
    public static class Embedding extends One {

        public Inner inner = new Inner();

        void own(HeldPart newPart) {
            inner.part = newPart;
        }
    }

    /** An embeddable with the key of the part. */
    @Embeddable
    public static class Inner {

        public String text = "x";

        @OneToOne(cascade = CascadeType.ALL, orphanRemoval = true)
        public HeldPart part;
    }

    /** A part. */
    @Entity
    public static class HeldPart extends Numbered {}

    /** A root that says of a part, which refers to it, that it is never missing: only then Hibernate loads it lazily. */
    @Entity
    @PublishFullState
    public static class Freight {

        @Id
        public int id;

        @OneToOne(mappedBy = "freight", cascade = CascadeType.ALL, optional = false, fetch = FetchType.LAZY)
        public Shipment shipment;

        @Version
        public int version;

        protected Freight() {}

        Freight(int id) {
            this.id = id;
            this.shipment = new Shipment();
            this.shipment.id = id;
            this.shipment.freight = this;
        }
    }

    /** A part. */
    @Entity
    public static class Shipment {

        @Id
        public int id;

        @OneToOne(fetch = FetchType.LAZY)
        public Freight freight;
    }
}
