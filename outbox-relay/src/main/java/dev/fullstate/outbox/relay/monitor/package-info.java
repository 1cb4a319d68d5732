/**
 * The relay as operators see it. Its status and its statistics go in, its health and its meters come out.
 */
@NullMarked
package dev.fullstate.outbox.relay.monitor;

import org.jspecify.annotations.NullMarked;
