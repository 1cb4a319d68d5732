/** Namastack Outbox in the order application. The state of a changed order goes in; a record of the topic comes out. */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.namastack;

import org.jspecify.annotations.NullMarked;
