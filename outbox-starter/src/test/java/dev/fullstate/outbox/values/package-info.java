/** Values of every kind that Hibernate maps, and the JSON that they are written as. */
package dev.fullstate.outbox.values;
