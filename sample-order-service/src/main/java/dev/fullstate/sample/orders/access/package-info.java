/**
 * Who may do what. In come users from the configuration, out goes the filter chain of everything but the administration of
 * the outbox, which brings its own.
 */
@NullMarked
package dev.fullstate.sample.orders.access;

import org.jspecify.annotations.NullMarked;
