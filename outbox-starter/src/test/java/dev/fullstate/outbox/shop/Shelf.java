package dev.fullstate.outbox.shop;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;

@Entity
@SuppressWarnings("UnusedVariable") // fields are read by reflection
public class Shelf {

    @Id
    private String code;

    private int capacity;

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("label")
    private List<Box> boxes = new ArrayList<>();

    protected Shelf() {}

    public Shelf(String code, int capacity) {
        this.code = code;
        this.capacity = capacity;
    }

    public String getCode() {
        return code;
    }

    public void setCapacity(int capacity) {
        this.capacity = capacity;
    }

    public List<Box> getBoxes() {
        return boxes;
    }
}
