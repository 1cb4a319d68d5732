/** Shows the outbox to operators. Its state goes in; an Actuator endpoint and meters come out. */
@NullMarked
package dev.fullstate.outbox.monitor;

import org.jspecify.annotations.NullMarked;
