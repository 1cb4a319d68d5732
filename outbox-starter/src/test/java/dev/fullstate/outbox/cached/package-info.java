/** An aggregate in the second-level cache. */
package dev.fullstate.outbox.cached;
