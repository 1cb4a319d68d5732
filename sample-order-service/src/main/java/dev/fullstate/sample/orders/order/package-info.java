/**
 * Orders, from placing one to its delivery. Requests go in; replies come out and, because the order is published, an event
 * for every change.
 */
@NullMarked
package dev.fullstate.sample.orders.order;

import org.jspecify.annotations.NullMarked;
