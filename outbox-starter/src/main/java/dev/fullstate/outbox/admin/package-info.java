/**
 * The republisher over HTTP. In come requests of people and programs, at a path of its own or through Actuator; out go, for callers
 * with the authority only, calls of the {@link dev.fullstate.outbox.republish.Republisher} and their results as JSON.
 */
@NullMarked
package dev.fullstate.outbox.admin;

import org.jspecify.annotations.NullMarked;
