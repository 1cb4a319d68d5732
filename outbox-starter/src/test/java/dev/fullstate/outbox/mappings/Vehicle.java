package dev.fullstate.outbox.mappings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.CascadeType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;

import dev.fullstate.outbox.PublishFullState;

/** A root with joined inheritance, below a mapped superclass, with parts and collections of a subclass's own. */
@Entity
@Inheritance(strategy = InheritanceType.JOINED)
@PublishFullState
public class Vehicle extends Identified {

    public String plate;

    protected Vehicle() {}

    public Vehicle(String id, String plate) {
        this.id = id;
        this.plate = plate;
    }

    /** A subclass with parts. */
    @Entity(name = "Truck")
    public static class Truck extends Vehicle {

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderColumn(name = "position")
        public List<Axle> axles = new ArrayList<>();

        @ElementCollection
        @CollectionTable(name = "truck_stop")
        @OrderColumn(name = "position")
        public List<Stop> stops = new ArrayList<>();

        @ManyToMany
        @OrderBy("name")
        public List<Driver> drivers = new ArrayList<>();

        @Enumerated(EnumType.STRING)
        public Fuel fuel = Fuel.DIESEL;

        @Convert(converter = MinutesConverter.class)
        public Duration rest = Duration.ofMinutes(45);

        protected Truck() {}

        public Truck(String id, String plate) {
            super(id, plate);
        }
    }

    /** A part of a subclass, in a join table. */
    @Entity(name = "Axle")
    public static class Axle {

        @Id
        public String id;

        public int load;

        protected Axle() {}

        public Axle(String id, int load) {
            this.id = id;
            this.load = load;
        }
    }

    /** An element. */
    @Embeddable
    public record Stop(String city, int minutes) {}

    /** A person with a life of their own. */
    @Entity(name = "Driver")
    public static class Driver {

        @Id
        public String name;

        protected Driver() {}

        public Driver(String name) {
            this.name = name;
        }
    }

    /** An enum. */
    public enum Fuel {
        DIESEL,
        HYDROGEN
    }

    /** A converter. */
    public static class MinutesConverter implements AttributeConverter<Duration, Long> {

        @Override
        public Long convertToDatabaseColumn(Duration duration) {
            return duration == null ? null : duration.toMinutes();
        }

        @Override
        public Duration convertToEntityAttribute(Long minutes) {
            return minutes == null ? null : Duration.ofMinutes(minutes);
        }
    }
}
