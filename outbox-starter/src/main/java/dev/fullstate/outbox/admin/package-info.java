/**
 * The republisher over HTTP. Requests of people and programs go in, at a path of its own or through Actuator; calls of the {@link
 * dev.fullstate.outbox.republish.Republisher} come out, for callers with the authority only, and their results as JSON.
 */
@NullMarked
package dev.fullstate.outbox.admin;

import org.jspecify.annotations.NullMarked;
