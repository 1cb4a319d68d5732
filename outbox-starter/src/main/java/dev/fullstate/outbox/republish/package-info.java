/**
 * Everything once more. In comes a request for aggregate types, out go outbox rows with the current state of each of their
 * aggregates, chunk by chunk and beside live traffic, without ever letting an older state overtake a newer one.
 */
@NullMarked
package dev.fullstate.outbox.republish;

import org.jspecify.annotations.NullMarked;
