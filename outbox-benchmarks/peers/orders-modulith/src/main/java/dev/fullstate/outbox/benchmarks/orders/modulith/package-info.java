/**
 * Spring Modulith's event externalization in the order application. The state of a changed order goes in; a record of the topic comes out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.modulith;

import org.jspecify.annotations.NullMarked;
