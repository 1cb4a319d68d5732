/**
 * What operators see of the relay. In comes its status, out goes its health.
 */
@NullMarked
package dev.fullstate.outbox.relay.monitor;

import org.jspecify.annotations.NullMarked;
