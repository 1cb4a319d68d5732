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
import org.hibernate.annotations.SoftDelete;

import dev.fullstate.outbox.PublishFullState;

/** Hibernate's own soft delete, of the root and of its parts. */
@Entity
@SoftDelete
@PublishFullState
public class Memo {

    @Id
    public String id;

    public String text;

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    @JoinColumn
    @OrderBy("id")
    public List<Remark> remarks = new ArrayList<>();

    @Version
    public long version;

    protected Memo() {}

    public Memo(String id, String text) {
        this.id = id;
        this.text = text;
    }

    /** A part. */
    @Entity(name = "Remark")
    @SoftDelete
    public static class Remark {

        @Id
        public String id;

        protected Remark() {}

        public Remark(String id) {
            this.id = id;
        }
    }
}
