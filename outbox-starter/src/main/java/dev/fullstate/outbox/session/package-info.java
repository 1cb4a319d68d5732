/**
 * The way from a session to its database. A session of the application goes in. Three things come out: its connection, whose
 * statements respect the transaction's time-out; the database failure behind an exception; and sessions of our own that read on a
 * connection.
 */
@NullMarked
package dev.fullstate.outbox.session;

import org.jspecify.annotations.NullMarked;
