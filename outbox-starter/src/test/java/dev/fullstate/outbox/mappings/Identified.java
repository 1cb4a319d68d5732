package dev.fullstate.outbox.mappings;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;

/** The superclass with id and version. */
@MappedSuperclass
public abstract class Identified {

    @Id
    protected String id;

    @Version
    private Integer version;

    public Integer getVersion() {
        return version;
    }
}
