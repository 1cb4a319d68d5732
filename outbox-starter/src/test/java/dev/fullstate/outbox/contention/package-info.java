/** A root with parts of two kinds, with a version of their own and without. */
package dev.fullstate.outbox.contention;
