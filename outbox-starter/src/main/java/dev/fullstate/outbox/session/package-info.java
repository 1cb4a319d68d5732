/**
 * The application's session as our statements use it. In goes a session; out come its connection, within the time that its
 * transaction has left, and the failures of its database as what they are.
 */
@NullMarked
package dev.fullstate.outbox.session;

import org.jspecify.annotations.NullMarked;
