/**
 * Locks and identifies the rows of aggregates, in our own SQL. Ids of roots and parts come in; locked rows, raised
 * versions and the ids as the database has them go out. The types of columns are read here too, once, at start-up.
 */
@NullMarked
package dev.fullstate.outbox.rows;

import org.jspecify.annotations.NullMarked;
