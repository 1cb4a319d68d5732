/** Shows the outbox to operators. In comes its state, out go an Actuator endpoint and meters. */
@NullMarked
package dev.fullstate.outbox.monitor;

import org.jspecify.annotations.NullMarked;
