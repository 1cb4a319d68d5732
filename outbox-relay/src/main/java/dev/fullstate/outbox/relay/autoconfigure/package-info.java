/**
 * The relay's wiring. In come the application's properties and connection details, out goes a relay that starts and stops with
 * the application.
 */
@NullMarked
package dev.fullstate.outbox.relay.autoconfigure;

import org.jspecify.annotations.NullMarked;
