package dev.fullstate.outbox.mappings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Version;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.springframework.beans.BeanUtils;

import dev.fullstate.outbox.PublishFullState;

/** One root and many parts, with the association in each place where a table can have it. */
final class ToMany {

    private ToMany() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(
                parts("by-join-column", ByJoinColumn.class, JoinedPart.class),
                parts("by-mandatory-column", ByMandatoryColumn.class, MandatoryPart.class),
                parts("by-join-table", ByJoinTable.class, TablePart.class),
                parts("by-code", ByCode.class, CodedPart.class),
                parts("mapped", Mapped.class, MappedPart.class),
                parts("mapped-in-embeddable", MappedInEmbeddable.class, EmbeddingPart.class),
                parts("mapped-by-join-table", MappedByJoinTable.class, MappedTablePart.class),
                parts("deleted-by-database", DeletedByDatabase.class, CascadedPart.class),
                parts("never-changing", NeverChanging.class, ChangingPart.class),
                ordered());
    }

    private static <R extends Whole<P>, P extends Piece<R>> Lifecycle parts(String type, Class<R> root, Class<P> part) {
        return Lifecycle.of(type, 1)
                .create(
                        em -> {
                            R whole = BeanUtils.instantiateClass(root);
                            add(whole, part, "a");
                            add(whole, part, "b");
                            em.persist(whole);
                        },
                        state("{'id':'a','size':1},{'id':'b','size':1}"))
                .change(
                        "a part alone",
                        em -> em.find(part, "b").size = 2,
                        state("{'id':'a','size':1},{'id':'b','size':2}"))
                .change(
                        "a part that comes with its root",
                        em -> em.find(root, 1).parts().get(0).size = 3,
                        state("{'id':'a','size':3},{'id':'b','size':2}"))
                .change("a part less", em -> em.find(root, 1).parts().remove(0), state("{'id':'b','size':2}"))
                .change(
                        "a part more",
                        em -> add(em.find(root, 1), part, "c"),
                        state("{'id':'b','size':2},{'id':'c','size':1}"))
                .delete(root, 1);
    }

    private static String state(String parts) {
        return "{'id':1,'parts':[" + parts + "]}";
    }

    private static <R extends Whole<P>, P extends Piece<R>> void add(R whole, Class<P> type, String id) {
        P part = BeanUtils.instantiateClass(type);
        part.id = id;
        part.belongTo(whole);
        whole.parts().add(part);
    }

    private static Lifecycle ordered() {
        return Lifecycle.of("ordered", 1)
                .create(
                        em -> {
                            Ordered ordered = new Ordered();
                            add(ordered, OrderedPart.class, "a");
                            add(ordered, OrderedPart.class, "b");
                            em.persist(ordered);
                        },
                        state("{'id':'a','size':1},{'id':'b','size':1}"))
                .change(
                        "only the order",
                        em -> Collections.reverse(em.find(Ordered.class, 1).parts),
                        state("{'id':'b','size':1},{'id':'a','size':1}"))
                .change(
                        "the first part less",
                        em -> em.find(Ordered.class, 1).parts.remove(0),
                        state("{'id':'a','size':1}"))
                .delete(Ordered.class, 1);
    }

    /** The common attributes of the roots. */
    @MappedSuperclass
    public abstract static class Whole<P> {

        @Id
        public int id = 1;

        @Version
        public long version;

        abstract List<P> parts();
    }

    /** The common attributes of the parts. */
    @MappedSuperclass
    public abstract static class Piece<R> {

        @Id
        public String id;

        public int size = 1;

        void belongTo(R whole) {}
    }

    /** A root of an association in one direction, by a column of the part. */
    @Entity
    @PublishFullState
    public static class ByJoinColumn extends Whole<JoinedPart> {

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn(name = "whole_id")
        @OrderBy("id")
        public List<JoinedPart> parts = new ArrayList<>();

        @Override
        List<JoinedPart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class JoinedPart extends Piece<ByJoinColumn> {}

    /** A root of an association in one direction, by a column that the part may not be without. */
    @Entity
    @PublishFullState
    public static class ByMandatoryColumn extends Whole<MandatoryPart> {

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn(name = "whole_id", nullable = false)
        @OrderColumn(name = "position")
        public List<MandatoryPart> parts = new ArrayList<>();

        @Override
        List<MandatoryPart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class MandatoryPart extends Piece<ByMandatoryColumn> {}

    /** A root of an association in one direction, by a table of its own. */
    @Entity
    @PublishFullState
    public static class ByJoinTable extends Whole<TablePart> {

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        public List<TablePart> parts = new ArrayList<>();

        @Override
        List<TablePart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class TablePart extends Piece<ByJoinTable> {}

    /** A root of an association in one direction, by an attribute that is not the id. */
    @Entity
    @PublishFullState
    public static class ByCode extends Whole<CodedPart> {

        @JsonIgnore
        @Column(unique = true)
        public String code = "k";

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn(name = "whole_code", referencedColumnName = "code")
        @OrderBy("id")
        public List<CodedPart> parts = new ArrayList<>();

        @Override
        List<CodedPart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class CodedPart extends Piece<ByCode> {}

    /** A root of an association in both directions. */
    @Entity
    @PublishFullState
    public static class Mapped extends Whole<MappedPart> {

        @OneToMany(mappedBy = "whole", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        public List<MappedPart> parts = new ArrayList<>();

        @Override
        List<MappedPart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class MappedPart extends Piece<Mapped> {

        @ManyToOne
        public Mapped whole;

        @Override
        void belongTo(Mapped owner) {
            whole = owner;
        }
    }

    /** A root of an association in both directions, with the way back in an embeddable. */
    @Entity
    @PublishFullState
    public static class MappedInEmbeddable extends Whole<EmbeddingPart> {

        @OneToMany(mappedBy = "membership.whole", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        public List<EmbeddingPart> parts = new ArrayList<>();

        @Override
        List<EmbeddingPart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class EmbeddingPart extends Piece<MappedInEmbeddable> {

        @JsonIgnore
        public Membership membership = new Membership();

        @Override
        void belongTo(MappedInEmbeddable owner) {
            membership.whole = owner;
        }
    }

    /** The way back. */
    @Embeddable
    public static class Membership {

        @ManyToOne
        public MappedInEmbeddable whole;
    }

    /** A root of an association in both directions, by a table of its own. */
    @Entity
    @PublishFullState
    public static class MappedByJoinTable extends Whole<MappedTablePart> {

        @OneToMany(mappedBy = "whole", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        public List<MappedTablePart> parts = new ArrayList<>();

        @Override
        List<MappedTablePart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class MappedTablePart extends Piece<MappedByJoinTable> {

        @ManyToOne
        @JoinTable(name = "mapped_table")
        public MappedByJoinTable whole;

        @Override
        void belongTo(MappedByJoinTable owner) {
            whole = owner;
        }
    }

    /** The database deletes the parts with their root. */
    @Entity
    @PublishFullState
    public static class DeletedByDatabase extends Whole<CascadedPart> {

        @OneToMany(mappedBy = "whole", cascade = CascadeType.ALL, orphanRemoval = true)
        @OnDelete(action = OnDeleteAction.CASCADE)
        @OrderBy("id")
        public List<CascadedPart> parts = new ArrayList<>();

        @Override
        List<CascadedPart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class CascadedPart extends Piece<DeletedByDatabase> {

        @ManyToOne
        @OnDelete(action = OnDeleteAction.CASCADE)
        public DeletedByDatabase whole;

        @Override
        void belongTo(DeletedByDatabase owner) {
            whole = owner;
        }
    }

    /** A root that Hibernate never updates, with parts that change. */
    @Entity
    @Immutable
    @PublishFullState
    public static class NeverChanging extends Whole<ChangingPart> {

        @OneToMany(mappedBy = "whole", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        public List<ChangingPart> parts = new ArrayList<>();

        @Override
        List<ChangingPart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class ChangingPart extends Piece<NeverChanging> {

        @ManyToOne
        public NeverChanging whole;

        @Override
        void belongTo(NeverChanging owner) {
            whole = owner;
        }
    }

    /** The order is in a column of the part. */
    @Entity
    @PublishFullState
    public static class Ordered extends Whole<OrderedPart> {

        @OneToMany(mappedBy = "whole", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderColumn(name = "position")
        public List<OrderedPart> parts = new ArrayList<>();

        @Override
        List<OrderedPart> parts() {
            return parts;
        }
    }

    /** A part. */
    @Entity
    public static class OrderedPart extends Piece<Ordered> {

        @ManyToOne
        public Ordered whole;

        @Override
        void belongTo(Ordered owner) {
            whole = owner;
        }
    }
}
