package dev.fullstate.outbox.fragile;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** The target of a fragile thing's reference. */
@Entity
public class Anchor {

    @Id
    public String id;

    public String place;

    protected Anchor() {}

    public Anchor(String id, String place) {
        this.id = id;
        this.place = place;
    }

    public String getPlace() {
        return place;
    }
}
