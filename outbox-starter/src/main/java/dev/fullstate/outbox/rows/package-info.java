/**
 * Locks and identifies the rows of aggregates, in our own SQL. In come ids of roots and parts; out go locked rows, raised
 * versions and the ids as the database has them. The types of columns are read here too, once, at start-up.
 */
@NullMarked
package dev.fullstate.outbox.rows;

import org.jspecify.annotations.NullMarked;
