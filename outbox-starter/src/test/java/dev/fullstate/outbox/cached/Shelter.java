package dev.fullstate.outbox.cached;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.Cacheable;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;

import dev.fullstate.outbox.PublishFullState;

@Entity
@Cacheable
@Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
@PublishFullState
public class Shelter {

    @Id
    public Long id;

    public String name;

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    public List<Animal> animals = new ArrayList<>();

    @Version
    public long version;

    protected Shelter() {}

    public Shelter(long id, String name) {
        this.id = id;
        this.name = name;
    }

    /** A part, cached as well. */
    @Entity(name = "Animal")
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    public static class Animal {

        @Id
        public String name;

        public int age;

        protected Animal() {}

        public Animal(String name, int age) {
            this.name = name;
            this.age = age;
        }
    }
}
