package dev.fullstate.outbox.mappings;

import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import org.hibernate.annotations.OptimisticLock;

import dev.fullstate.outbox.PublishFullState;

/** A root mapped by its getters, with an attribute that does not raise the version. */
@Entity
@Access(AccessType.PROPERTY)
@PublishFullState
public class Account {

    private Long key;
    private String holder;
    private String comment;
    private short version;

    protected Account() {}

    public Account(long key, String holder) {
        this.key = key;
        this.holder = holder;
    }

    @Id
    public Long getNumber() {
        return key;
    }

    protected void setNumber(Long number) {
        this.key = number;
    }

    @Column(name = "account_holder")
    public String getHolder() {
        return holder;
    }

    public void setHolder(String holder) {
        this.holder = holder;
    }

    @OptimisticLock(excluded = true)
    @Column(name = "remark")
    public String getComment() {
        return comment;
    }

    public void setComment(String comment) {
        this.comment = comment;
    }

    @Version
    public short getVersion() {
        return version;
    }

    protected void setVersion(short version) {
        this.version = version;
    }

    @Transient
    public String getGreeting() {
        return "Dear " + holder;
    }
}
