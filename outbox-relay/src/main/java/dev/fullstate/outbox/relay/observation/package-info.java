/**
 * The observations of publishing, from which a tracer makes spans. Events of sampled traces go in; for each one an observation begins, and it
 * ends when consumers can read the event or the relay gives it up.
 */
@NullMarked
package dev.fullstate.outbox.relay.observation;

import org.jspecify.annotations.NullMarked;
