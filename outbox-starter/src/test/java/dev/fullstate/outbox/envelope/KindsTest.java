package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.DiscriminatorColumn;
import jakarta.persistence.DiscriminatorType;
import jakarta.persistence.DiscriminatorValue;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Version;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.PublishFullState;
import dev.fullstate.outbox.aggregate.AggregateMappingException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Subclasses can be told apart, wherever one of several may be: by the discriminator, under its name. */
class KindsTest {

    @Entity
    @PublishFullState
    abstract static class Base {
        @Id
        int id = 1;

        @Version
        long version;
    }

    @Entity
    static class One extends Base {}

    @Entity(name = "Zwei")
    static class Two extends Base {}

    @Test
    void subclassesWithoutAttributesAreToldApart() {
        assertThat(States.written(new One(), Base.class, One.class, Two.class))
                .isEqualTo("{'dtype':'KindsTest$One','id':1}");
        assertThat(States.written(new Two(), Base.class, One.class, Two.class)).isEqualTo("{'dtype':'Zwei','id':1}");
    }

    @Test
    void singleSubclassIsWrittenWithoutADiscriminator() {
        assertThat(States.written(new One(), Base.class, One.class)).isEqualTo("{'id':1}");
    }

    @Entity
    @DiscriminatorColumn(name = "kindOf", discriminatorType = DiscriminatorType.INTEGER)
    @DiscriminatorValue("1")
    @PublishFullState
    static class Numbered {
        @Id
        int id = 1;

        @Version
        long version;
    }

    @Entity
    @DiscriminatorValue("2")
    static class NumberedToo extends Numbered {}

    @Test
    void discriminatorHasItsNameAndType() {
        assertThat(States.written(new NumberedToo(), Numbered.class, NumberedToo.class))
                .isEqualTo("{'kindOf':2,'id':1}");
    }

    @Entity
    @DiscriminatorColumn(name = "k", discriminatorType = DiscriminatorType.CHAR)
    @DiscriminatorValue("null")
    @PublishFullState
    static class Charred {
        @Id
        int id = 1;

        @Version
        long version;
    }

    @Entity
    @DiscriminatorValue("x")
    static class CharredToo extends Charred {}

    @Test
    void nullDiscriminatorIsWrittenAsNull() {
        assertThat(States.written(new Charred(), Charred.class, CharredToo.class))
                .isEqualTo("{'k':null,'id':1}");
        assertThat(States.written(new CharredToo(), Charred.class, CharredToo.class))
                .isEqualTo("{'k':'x','id':1}");
    }

    @Entity
    @PublishFullState
    static class Fleet {
        @Id
        int id = 1;

        @OneToMany(cascade = CascadeType.ALL)
        List<Ship> ships = new ArrayList<>();

        @OneToMany(cascade = CascadeType.ALL)
        List<Tug> tugs = new ArrayList<>();

        @OneToOne(cascade = CascadeType.ALL)
        Plane plane;

        Load load = new Load();

        @Version
        long version;
    }

    @Entity
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Ship {
        @Id
        int id;

        Ship() {}

        Ship(int id) {
            this.id = id;
        }
    }

    @Entity
    static class Tug extends Ship {
        Tug() {}

        Tug(int id) {
            super(id);
        }
    }

    @Entity
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    abstract static class Plane {
        @Id
        int id = 7;
    }

    @Entity
    static class Jet extends Plane {}

    @Entity
    static class Glider extends Plane {}

    @Embeddable
    @DiscriminatorColumn(name = "load_kind")
    @DiscriminatorValue("any")
    static class Load {
        int tons = 3;
    }

    @Embeddable
    @DiscriminatorValue("oil")
    static class Oil extends Load {}

    @Test
    void partsAndEmbeddablesAreToldApartToo() {
        Fleet fleet = new Fleet();
        fleet.ships.add(new Tug(2));
        fleet.ships.add(new Ship(1));
        fleet.tugs.add(new Tug(3));
        fleet.plane = new Glider();
        fleet.load = new Oil();

        assertThat(States.written(
                        fleet,
                        Fleet.class,
                        Ship.class,
                        Tug.class,
                        Plane.class,
                        Jet.class,
                        Glider.class,
                        Load.class,
                        Oil.class))
                .isEqualTo(
                        "{'id':1,'ships':[{'dtype':'KindsTest$Ship','id':1},{'dtype':'KindsTest$Tug','id':2}],'tugs':[{'id':3}],"
                                + "'plane':{'dtype':'KindsTest$Glider','id':7},'load':{'load_kind':'oil','tons':3}}");
    }

    @Entity
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", include = JsonTypeInfo.As.WRAPPER_OBJECT)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Cat.class, name = "cat"),
        @JsonSubTypes.Type(value = Dog.class, name = "dog")
    })
    @PublishFullState
    abstract static class Animal {
        @Id
        int id = 1;

        @OneToMany(cascade = CascadeType.ALL)
        @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "class")
        List<Toy> toys = new ArrayList<>();

        @Version
        long version;
    }

    @Entity
    static class Cat extends Animal {}

    @Entity
    static class Dog extends Animal {}

    @Entity
    static class Toy {
        @Id
        int id = 1;
    }

    @Test
    void annotationNamesTheMemberAndItsValue() {
        Cat cat = new Cat();
        cat.toys.add(new Toy());

        assertThat(States.written(cat, Animal.class, Cat.class, Dog.class, Toy.class))
                .isEqualTo("{'@type':'cat','id':1,'toys':[{'class':'Toy','id':1}]}");
    }

    @Entity
    @DiscriminatorColumn(name = "sort")
    @PublishFullState
    static class Mapped {
        @Id
        int id = 1;

        @Column(name = "sort", insertable = false, updatable = false)
        String kind = "Mapped";

        @Version
        long version;
    }

    @Entity
    static class MappedToo extends Mapped {}

    @Test
    void attributeOfTheDiscriminatorsColumnReplacesTheMember() {
        assertThat(States.written(new Mapped(), Mapped.class, MappedToo.class)).isEqualTo("{'id':1,'kind':'Mapped'}");
    }

    @Entity
    @PublishFullState
    static class Colliding {
        @Id
        int id = 1;

        @Column(name = "something_else")
        String dtype;

        @Version
        long version;
    }

    @Entity
    static class CollidingToo extends Colliding {}

    @Test
    void attributeWithTheDiscriminatorsNameIsRefused() {
        assertThatThrownBy(() -> States.of(Colliding.class, CollidingToo.class))
                .isInstanceOfSatisfying(
                        AggregateMappingException.class,
                        refusal -> assertThat(refusal.action()).contains("@DiscriminatorColumn(name"))
                .hasMessageContaining("two members 'dtype': the kind of the entity and attribute 'dtype'");
    }
}
