/**
 * PostgreSQL and Kafka as processes that can be ended and come back with their data. Names go in; databases with an
 * outbox, and addresses, come out.
 */
@NullMarked
package dev.fullstate.outbox.faults.server;

import org.jspecify.annotations.NullMarked;
