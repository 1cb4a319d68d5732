/**
 * What the database was asked. In come calls of the JDBC driver, out goes their number.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.statement;

import org.jspecify.annotations.NullMarked;
