package dev.fullstate.outbox.shop;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Root with parts in one direction, two levels deep, and a one-to-one whose key is on the other side. */
@Entity
@SuppressWarnings("UnusedVariable") // fields are read by reflection
@PublishFullState(aggregateType = "depot", type = "com.example.depot", dataSchema = "https://example.com/depot.json")
public class Warehouse {

    @Id
    private Long number;

    private String name;

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    @JoinColumn(name = "warehouse_number")
    @OrderBy("code")
    private List<Shelf> shelves = new ArrayList<>();

    @OneToOne(mappedBy = "warehouse", cascade = CascadeType.ALL, orphanRemoval = true)
    private Permit permit;

    @Version
    private Long version;

    protected Warehouse() {}

    public Warehouse(long number, String name) {
        this.number = number;
        this.name = name;
    }

    public Long getNumber() {
        return number;
    }

    public void setName(String name) {
        this.name = name;
    }

    public List<Shelf> getShelves() {
        return shelves;
    }

    public void setPermit(Permit permit) {
        this.permit = permit;
        permit.setWarehouse(this);
    }

    public Permit getPermit() {
        return permit;
    }
}
