/**
 * Authentication and authorization. Users from the configuration go in; the filter chain comes out, for all paths except the
 * administration of the outbox, which brings its own.
 */
@NullMarked
package dev.fullstate.sample.orders.access;

import org.jspecify.annotations.NullMarked;
