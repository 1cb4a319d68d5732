package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.persistence.AttributeOverride;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Version;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.PublishFullState;

import static org.assertj.core.api.Assertions.assertThat;

/** An attribute's role depends on the place where its class is used, not on the class or the order of classes. */
class PlacesTest {

    static final List<Class<?>> CLASSES = List.of(
            Student.class,
            Course.class,
            Enrolment.class,
            House.class,
            Window.class,
            Door.class,
            Town.class,
            NorthParts.Item.class,
            SouthParts.Item.class,
            North.class,
            South.class);

    private static String write(boolean reversed, Object root) {
        List<Class<?>> classes = new ArrayList<>(CLASSES);
        if (reversed) {
            java.util.Collections.reverse(classes);
        }
        try (States states = States.of(classes)) {
            return states.write(root);
        }
    }

    @Entity
    @PublishFullState
    static class Student {
        @Id
        String id = "s";

        @OneToMany(mappedBy = "student", cascade = CascadeType.ALL)
        List<Enrolment> enrolments = new ArrayList<>();

        @Version
        long version;
    }

    @Entity
    @PublishFullState
    static class Course {
        @Id
        String id = "c";

        @OneToMany(mappedBy = "course", cascade = CascadeType.ALL)
        List<Enrolment> enrolments = new ArrayList<>();

        @Version
        long version;
    }

    @Entity
    static class Enrolment {
        @Id
        int id = 1;

        @ManyToOne
        Student student;

        @ManyToOne
        Course course;

        int grade = 5;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void partOfTwoRootsNamesTheOtherRoot(boolean reversed) {
        Student student = new Student();
        Course course = new Course();
        Enrolment enrolment = new Enrolment();
        enrolment.student = student;
        enrolment.course = course;
        student.enrolments.add(enrolment);
        course.enrolments.add(enrolment);

        assertThat(write(reversed, student)).isEqualTo("{'id':'s','enrolments':[{'id':1,'courseId':'c','grade':5}]}");
        assertThat(write(reversed, course)).isEqualTo("{'id':'c','enrolments':[{'id':1,'studentId':'s','grade':5}]}");
    }

    @Entity
    @PublishFullState
    static class House {
        @Id
        String id = "h";

        Tie tie = new Tie();

        @OneToMany(mappedBy = "tie.house", cascade = CascadeType.ALL)
        List<Window> windows = new ArrayList<>();

        @OneToOne(cascade = CascadeType.ALL)
        Door door;

        @ElementCollection
        List<Tie> ties = new ArrayList<>();

        @ElementCollection
        Map<String, Tie> named = new HashMap<>();

        @Version
        long version;
    }

    /** The way up of a window, and a reference everywhere else. */
    @Embeddable
    static class Tie {
        @ManyToOne
        House house;

        @Column(name = "tie_text")
        String text;

        Tie() {}

        Tie(House house, String text) {
            this.house = house;
            this.text = text;
        }
    }

    @Entity
    static class Window {
        @Id
        int id = 1;

        Tie tie = new Tie();
    }

    @Entity
    static class Door {
        @Id
        int id = 2;

        Tie tie = new Tie();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void embeddableIsTheWayUpAtOnePlaceAndAReferenceAtOthers(boolean reversed) {
        House house = new House();
        house.tie = new Tie(house, "a");
        Window window = new Window();
        window.tie = new Tie(house, "b");
        house.windows.add(window);
        house.door = new Door();
        house.door.tie = new Tie(house, "c");
        house.ties.add(new Tie(house, "d"));
        house.named.put("k", new Tie(house, "e"));

        assertThat(write(reversed, house))
                .isEqualTo("{'id':'h','tie':{'houseId':'h','text':'a'},'windows':[{'id':1,'tie':{'text':'b'}}],"
                        + "'door':{'id':2,'tie':{'houseId':'h','text':'c'}},"
                        + "'ties':[{'houseId':'h','text':'d'}],'named':{'k':{'houseId':'h','text':'e'}}}");
    }

    /** A root that has the embeddable too. */
    @Entity
    @PublishFullState
    static class Town {
        @Id
        String id = "t";

        @Embedded
        @AttributeOverride(name = "text", column = @Column(name = "other"))
        Tie tie = new Tie(null, "x");

        @Version
        long version;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void embeddableIsAReferenceInAnotherRootToo(boolean reversed) {
        assertThat(write(reversed, new Town())).isEqualTo("{'id':'t','tie':{'houseId':null,'text':'x'}}");
    }

    @Entity(name = "North")
    @PublishFullState
    static class North {
        @Id
        String id = "n";

        @OneToMany(mappedBy = "owner", cascade = CascadeType.ALL)
        List<NorthParts.Item> items = new ArrayList<>();

        @Version
        long version;
    }

    /** The namespace of one owner's parts. */
    static class NorthParts {
        @Entity(name = "NorthItem")
        static class Item {
            @Id
            int id = 1;

            @ManyToOne
            North owner;

            @ManyToOne
            South other;
        }
    }

    @Entity(name = "South")
    @PublishFullState
    static class South {
        @Id
        String id = "s";

        @OneToMany(mappedBy = "other", cascade = CascadeType.ALL)
        List<SouthParts.Item> items = new ArrayList<>();

        @Version
        long version;
    }

    /** The namespace of the other owner's parts. */
    static class SouthParts {
        @Entity(name = "SouthItem")
        static class Item {
            @Id
            int id = 2;

            @ManyToOne
            North owner;

            @ManyToOne
            South other;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void classesWithOneSimpleNameAreNotConfused(boolean reversed) {
        North north = new North();
        South south = new South();
        NorthParts.Item first = new NorthParts.Item();
        first.owner = north;
        first.other = south;
        north.items.add(first);
        SouthParts.Item second = new SouthParts.Item();
        second.owner = north;
        second.other = south;
        south.items.add(second);

        assertThat(write(reversed, north)).isEqualTo("{'id':'n','items':[{'id':1,'otherId':'s'}]}");
        assertThat(write(reversed, south)).isEqualTo("{'id':'s','items':[{'id':2,'ownerId':'n'}]}");
    }
}
