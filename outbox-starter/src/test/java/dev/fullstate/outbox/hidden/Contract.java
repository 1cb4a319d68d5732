package dev.fullstate.outbox.hidden;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import org.hibernate.annotations.SQLDelete;
import org.hibernate.annotations.SQLRestriction;

import dev.fullstate.outbox.PublishFullState;

/** A soft delete by hand, of the root and of its parts: SQL of its own, and a restriction on a column that can be set. */
@Entity
@SQLDelete(sql = "update contract set deleted = true where id = ? and version = ?")
@SQLRestriction("deleted = false")
@PublishFullState
public class Contract {

    @Id
    public String id;

    public boolean deleted;

    @OneToMany(mappedBy = "contract", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("id")
    public List<Clause> clauses = new ArrayList<>();

    @Version
    public long version;

    protected Contract() {}

    public Contract(String id, String... clauses) {
        this.id = id;
        for (String clause : clauses) {
            this.clauses.add(new Clause(this, clause));
        }
    }

    /** A part. */
    @Entity(name = "Clause")
    @SQLDelete(sql = "update clause set struck = true where id = ?")
    @SQLRestriction("struck = false")
    public static class Clause {

        @Id
        public String id;

        @ManyToOne(fetch = FetchType.LAZY)
        public Contract contract;

        @Column(nullable = false)
        public boolean struck;

        protected Clause() {}

        Clause(Contract contract, String id) {
            this.contract = contract;
            this.id = id;
        }
    }
}
