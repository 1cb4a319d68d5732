package dev.fullstate.outbox.shop;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Version;
import org.hibernate.annotations.Filter;
import org.hibernate.annotations.FilterDef;
import org.hibernate.annotations.ParamDef;

import dev.fullstate.outbox.PublishFullState;

/** Root with a composite id, and with a filter that the application enables or not. */
@Entity
@FilterDef(name = Seat.OF_GUEST, parameters = @ParamDef(name = "guest", type = String.class))
@Filter(name = Seat.OF_GUEST, condition = "guest = :guest")
@SuppressWarnings("UnusedVariable") // fields are read by reflection
@PublishFullState
public class Seat {

    public static final String OF_GUEST = "ofGuest";

    /** The id, declared in another order than that of the alphabet. */
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
