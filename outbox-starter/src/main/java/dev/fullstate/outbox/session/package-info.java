/**
 * Sessions as our statements use them. In goes a session of the application's; out come its connection, within the time that its
 * transaction has left, the failures of its database as what they are, and sessions of our own that read on a connection.
 */
@NullMarked
package dev.fullstate.outbox.session;

import org.jspecify.annotations.NullMarked;
