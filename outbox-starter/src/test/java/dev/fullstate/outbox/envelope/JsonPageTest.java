package dev.fullstate.outbox.envelope;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.DiscriminatorColumn;
import jakarta.persistence.DiscriminatorValue;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.InState;
import dev.fullstate.outbox.PublishFullState;

import static org.assertj.core.api.Assertions.assertThat;

/** The page about the JSON shows these classes, and the JSON that is written for them. */
class JsonPageTest {

    private static final Path PAGE = Path.of("../docs/json.md");
    private static final Path SOURCE = Path.of("src/test/java/dev/fullstate/outbox/envelope/JsonPageTest.java");

    private static List<String> blocks(String language) throws IOException {
        String structure = Files.readString(PAGE).split("(?m)^## Values", 2)[0];
        return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```")
                .matcher(structure)
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    @Test
    void pageShowsTheClassesOfThisTest() throws IOException {
        String source = Files.readString(SOURCE).replaceAll("\\s", "");

        assertThat(blocks("java"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(source)
                        .contains(block.replaceAll("(?m)^import .*", "")
                                .replaceAll("\\s*//.*", "")
                                .replaceAll("\\s", "")));
    }

    @Test
    void pageShowsTheStatesAsTheyAreWritten() throws IOException {
        try (States states = States.of(
                Student.class,
                Address.class,
                Tutor.class,
                Club.class,
                Enrolment.class,
                Course.class,
                Payment.class,
                CardPayment.class,
                CashPayment.class,
                Refund.class,
                Voucher.class,
                Menu.class,
                Item.class,
                Account.class)) {
            List<String> written = new ArrayList<>();
            for (Object root : List.of(student(), course(), payment(), menu(), account())) {
                written.add(states.write(root).replace('\'', '"'));
            }
            assertThat(blocks("json").stream().map(JsonPageTest::compact)).containsExactlyElementsOf(written);
        }
    }

    private static String compact(String json) {
        return json.replaceAll("\\s*\n\\s*", "")
                .replace("\": ", "\":")
                .replace("}, {", "},{")
                .replace(", \"", ",\"")
                .replaceAll("(?<=\\d), (?=\\d)", ",");
    }

    private static Student student() {
        Student student = new Student();
        student.id = 1;
        student.name = "Ada";
        student.address = new Address("Main Street 1", null);
        student.tutor = new Tutor();
        student.tutor.id = 7;
        student.enrolments.add(enrolment(10, student, "math", null));
        student.enrolments.add(enrolment(2, student, "art", 1));
        student.languages.addAll(Set.of("en", "de"));
        student.contacts.putAll(Map.of("phone", "12", "mail", "ada@example.com"));
        for (long id : new long[] {20, 3}) {
            Club club = new Club();
            club.id = id;
            student.clubs.add(club);
        }
        return student;
    }

    private static Enrolment enrolment(long id, Student student, String code, Integer grade) {
        Enrolment enrolment = new Enrolment();
        enrolment.id = id;
        enrolment.student = student;
        enrolment.course = new Course();
        enrolment.course.code = code;
        enrolment.grade = grade;
        return enrolment;
    }

    private static Course course() {
        Course course = new Course();
        course.code = "math";
        Student student = new Student();
        student.id = 1;
        course.enrolments.add(enrolment(10, student, "math", null));
        return course;
    }

    private static Payment payment() {
        CardPayment payment = new CardPayment();
        payment.id = 1;
        payment.amount = new BigDecimal("9.90");
        payment.scheme = "visa";
        Voucher voucher = new Voucher();
        voucher.id = 5;
        voucher.code = "SORRY";
        payment.refunds.add(voucher);
        return payment;
    }

    private static Menu menu() {
        Menu menu = new Menu();
        menu.id = 1;
        Item file = new Item();
        file.id = 1;
        file.menu = menu;
        Item open = new Item();
        open.id = 2;
        open.above = file;
        file.below.add(open);
        menu.items.add(file);
        return menu;
    }

    private static Account account() {
        Account account = new Account();
        account.id = 1;
        account.passwordHash = "$2a$";
        account.taxNumber = "12/345";
        account.draft = "not yet";
        account.limit = new BigDecimal("500");
        account.used = new BigDecimal("120");
        account.bankId = 8L;
        account.bank = new Tutor();
        account.bank.id = 8;
        return account;
    }
}

@Entity
@PublishFullState
class Student {
    @Id
    long id;

    String name;

    @Embedded
    Address address;

    @ManyToOne
    Tutor tutor;

    @OneToMany(mappedBy = "student", cascade = CascadeType.ALL, orphanRemoval = true)
    Set<Enrolment> enrolments = new HashSet<>();

    @ElementCollection
    Set<String> languages = new HashSet<>();

    @ElementCollection
    Map<String, String> contacts = new HashMap<>();

    @ManyToMany
    Set<Club> clubs = new HashSet<>();

    @Version
    long version;
}

@Embeddable
record Address(String street, String city) {}

@Entity
class Enrolment {
    @Id
    long id;

    @ManyToOne
    Student student;

    @ManyToOne
    Course course;

    Integer grade;
}

@Entity
@PublishFullState
class Course {
    @Id
    String code;

    @OneToMany(mappedBy = "course", cascade = CascadeType.ALL, orphanRemoval = true)
    Set<Enrolment> enrolments = new HashSet<>();

    @Version
    long version;
}

@Entity
class Tutor {
    @Id
    long id;
}

@Entity
class Club {
    @Id
    long id;
}

@Entity
@PublishFullState
abstract class Payment {
    @Id
    long id;

    BigDecimal amount;

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    List<Refund> refunds = new ArrayList<>();

    @Version
    long version;
}

@Entity
class CardPayment extends Payment {
    String scheme;
}

@Entity
class CashPayment extends Payment {}

@Entity
@Inheritance(strategy = InheritanceType.JOINED)
@DiscriminatorColumn(name = "form")
@DiscriminatorValue("money")
class Refund {
    @Id
    long id;
}

@Entity
@DiscriminatorValue("voucher")
class Voucher extends Refund {
    String code;
}

@Entity
@PublishFullState
class Menu {
    @Id
    long id;

    @OneToMany(mappedBy = "menu", cascade = CascadeType.ALL, orphanRemoval = true)
    List<Item> items = new ArrayList<>();

    @Version
    long version;
}

@Entity
class Item {
    @Id
    long id;

    @ManyToOne
    Menu menu;

    @ManyToOne
    Item above;

    @OneToMany(mappedBy = "above", cascade = CascadeType.ALL)
    @OrderBy("id desc")
    List<Item> below = new ArrayList<>();
}

@Entity
@PublishFullState
class Account {
    @Id
    long id;

    @JsonIgnore
    String passwordHash;

    @InState
    @JsonIgnore
    String taxNumber;

    @InState(false)
    String draft;

    @Column(name = "credit_limit")
    BigDecimal limit;

    BigDecimal used;

    @Column(name = "bank_id", insertable = false, updatable = false)
    Long bankId;

    @ManyToOne
    @JoinColumn(name = "bank_id")
    Tutor bank;

    @Version
    long version;

    @JsonProperty("available")
    BigDecimal available() {
        return limit.subtract(used);
    }
}
