package dev.fullstate.outbox.shop;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToOne;

@Entity
@SuppressWarnings("UnusedVariable") // fields are read by reflection
public class Permit {

    @Id
    private String id;

    private String grade;

    @OneToOne
    private Warehouse warehouse;

    protected Permit() {}

    public Permit(String id, String grade) {
        this.id = id;
        this.grade = grade;
    }

    void setWarehouse(Warehouse warehouse) {
        this.warehouse = warehouse;
    }

    public void setGrade(String grade) {
        this.grade = grade;
    }
}
