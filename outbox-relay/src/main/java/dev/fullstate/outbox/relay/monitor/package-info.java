/**
 * What operators see of the relay. In come its status and its statistics, out go its health and its meters.
 */
@NullMarked
package dev.fullstate.outbox.relay.monitor;

import org.jspecify.annotations.NullMarked;
