package dev.fullstate.outbox.uncaptured;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
public class Plain {

    @Id
    public String id;

    protected Plain() {}

    public Plain(String id) {
        this.id = id;
    }
}
