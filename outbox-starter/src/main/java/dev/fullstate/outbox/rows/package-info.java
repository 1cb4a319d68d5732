/**
 * Locks and identifies the rows of aggregates, in our own SQL. Ids of roots and parts go in; locked rows, raised
 * versions and the ids as the database has them come out. The types of columns are read here too, once, at start-up.
 */
@NullMarked
package dev.fullstate.outbox.rows;

import org.jspecify.annotations.NullMarked;
