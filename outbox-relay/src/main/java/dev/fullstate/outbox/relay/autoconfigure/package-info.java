/**
 * The relay's wiring. The application's properties and connection details go in; a relay that starts and stops with the
 * application comes out.
 */
@NullMarked
package dev.fullstate.outbox.relay.autoconfigure;

import org.jspecify.annotations.NullMarked;
