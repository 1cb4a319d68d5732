/**
 * What operators see of the outbox. In comes its state, out go an Actuator endpoint and meters.
 */
@NullMarked
package dev.fullstate.outbox.monitor;

import org.jspecify.annotations.NullMarked;
