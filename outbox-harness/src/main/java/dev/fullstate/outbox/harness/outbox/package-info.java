/**
 * Databases with an outbox that no service created, and rows that no service wrote. Names and values go in; databases and statements come
 * out.
 */
@NullMarked
package dev.fullstate.outbox.harness.outbox;

import org.jspecify.annotations.NullMarked;
