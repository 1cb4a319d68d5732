package dev.fullstate.outbox.aggregate;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** A part that refers to its owner by an attribute other than the id. */
final class LazyWayUp {

    private LazyWayUp() {}

    @Entity
    @PublishFullState
    static class Whole {

        @Id
        int id;

        @Column(unique = true)
        String code;

        @OneToMany(mappedBy = "whole", cascade = CascadeType.ALL)
        List<Part> parts = new ArrayList<>();

        @Version
        int version;
    }

    @Entity
    static class Part {

        @Id
        int id;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(referencedColumnName = "code")
        Whole whole;
    }
}
