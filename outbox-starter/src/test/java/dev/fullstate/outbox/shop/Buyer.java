package dev.fullstate.outbox.shop;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** An entity that is not captured, and that others refer to. */
@Entity
public class Buyer {

    @Id
    private String id;

    private String name;

    protected Buyer() {}

    public Buyer(String id, String name) {
        this.id = id;
        this.name = name;
    }

    public String getId() {
        return id;
    }

    public String getName() {
        return name;
    }
}
