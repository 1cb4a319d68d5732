/** The work of the database. Calls of the JDBC driver go in; their number comes out. */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.statement;

import org.jspecify.annotations.NullMarked;
