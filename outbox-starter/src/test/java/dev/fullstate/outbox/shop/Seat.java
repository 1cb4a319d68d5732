package dev.fullstate.outbox.shop;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Root with a composite id. */
@Entity
@SuppressWarnings("UnusedVariable") // fields are read by reflection
@PublishFullState
public class Seat {

    /** Declared in another order than that of the alphabet. */
    @Embeddable
    public record Id(String row, int number) {}

    @EmbeddedId
    private Id id;

    private String guest;

    @Version
    private short version;

    protected Seat() {}

    public Seat(String row, int number) {
        this.id = new Id(row, number);
    }

    public void setGuest(String guest) {
        this.guest = guest;
    }
}
