package dev.fullstate.outbox.adoption;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;

/** A part of a member. */
@Entity
@SuppressWarnings("UnusedVariable") // fields are read by reflection
class Card {

    @Id
    String code;

    boolean blocked;

    @ManyToOne
    Member member;

    protected Card() {}

    Card(String code, Member member) {
        this.code = code;
        this.member = member;
    }
}
