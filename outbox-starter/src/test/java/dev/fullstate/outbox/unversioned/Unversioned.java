package dev.fullstate.outbox.unversioned;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

import dev.fullstate.outbox.PublishFullState;

/** A root without the attribute that it needs. */
@Entity
@PublishFullState
public class Unversioned {

    @Id
    private Long id;
}
