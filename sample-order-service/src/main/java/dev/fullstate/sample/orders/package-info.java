/**
 * An ordinary order service with a package per feature. In comes its configuration, out goes a running application; the
 * outbox shows in one annotation, on the order.
 */
@NullMarked
package dev.fullstate.sample.orders;

import org.jspecify.annotations.NullMarked;
