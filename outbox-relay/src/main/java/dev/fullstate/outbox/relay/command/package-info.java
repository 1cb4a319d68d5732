/**
 * The commands of the executable jar. What a person types goes in; what is found or done, and an exit code, come out.
 */
@NullMarked
package dev.fullstate.outbox.relay.command;

import org.jspecify.annotations.NullMarked;
