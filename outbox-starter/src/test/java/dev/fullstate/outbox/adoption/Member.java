package dev.fullstate.outbox.adoption;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** The entity once it is annotated and has a version. */
@Entity
@SuppressWarnings("UnusedVariable") // fields are read by reflection
@PublishFullState
class Member {

    @Id
    Long number;

    String name;

    @OneToMany(mappedBy = "member", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("code")
    List<Card> cards = new ArrayList<>();

    @Version
    Long version;

    protected Member() {}

    Member(long number, String name) {
        this.number = number;
        this.name = name;
    }
}
