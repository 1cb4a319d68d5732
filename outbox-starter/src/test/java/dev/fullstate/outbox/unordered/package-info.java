/** An aggregate with collections of all kinds whose order the mapping leaves open. */
package dev.fullstate.outbox.unordered;
