/**
 * The rows of aggregates, in SQL of our own. Ids of roots and parts come in; out go locked rows, raised versions and the ids as the
 * database has them. The types of columns are read here too, once, at start-up.
 */
@NullMarked
package dev.fullstate.outbox.rows;

import org.jspecify.annotations.NullMarked;
