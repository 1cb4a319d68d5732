/**
 * PostgreSQL and Kafka as processes that can be ended and come back with their data. In come names, out go databases with an
 * outbox, and addresses.
 */
@NullMarked
package dev.fullstate.outbox.faults.server;

import org.jspecify.annotations.NullMarked;
