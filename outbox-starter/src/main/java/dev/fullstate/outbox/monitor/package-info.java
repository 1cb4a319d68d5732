/** Shows the outbox to operators. Its state comes in; an Actuator endpoint and meters go out. */
@NullMarked
package dev.fullstate.outbox.monitor;

import org.jspecify.annotations.NullMarked;
