/**
 * Aggregates whose events wait in the outbox, because one of them cannot be published. Rows and an operator's commands go in; which rows
 * wait, and which of them may be published now, comes out. Pure: it asks nobody and keeps no time.
 */
@NullMarked
package dev.fullstate.outbox.relay.parking;

import org.jspecify.annotations.NullMarked;
