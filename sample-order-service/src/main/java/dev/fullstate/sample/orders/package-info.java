/**
 * An ordinary order service with a package per feature. Configuration goes in, a running application comes out; the only sign
 * of the outbox is one annotation, on the order.
 */
@NullMarked
package dev.fullstate.sample.orders;

import org.jspecify.annotations.NullMarked;
