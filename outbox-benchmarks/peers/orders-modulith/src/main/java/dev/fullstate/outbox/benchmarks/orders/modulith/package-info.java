/**
 * Spring Modulith's event externalization in the order application. In comes the state of a changed order, out goes a record of
 * the topic.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.modulith;

import org.jspecify.annotations.NullMarked;
