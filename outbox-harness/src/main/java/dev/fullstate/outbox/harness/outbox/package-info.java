/**
 * Databases that have an outbox without a service that created it, and rows that no service wrote. Names and values come in; databases and
 * statements go out.
 */
@NullMarked
package dev.fullstate.outbox.harness.outbox;

import org.jspecify.annotations.NullMarked;
