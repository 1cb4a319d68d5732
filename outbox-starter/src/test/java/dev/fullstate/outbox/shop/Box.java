package dev.fullstate.outbox.shop;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
@SuppressWarnings("UnusedVariable") // fields are read by reflection
public class Box {

    @Id
    private String label;

    private double weight;

    protected Box() {}

    public Box(String label, double weight) {
        this.label = label;
        this.weight = weight;
    }

    public void setWeight(double weight) {
        this.weight = weight;
    }
}
