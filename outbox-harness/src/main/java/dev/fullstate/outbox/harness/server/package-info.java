/**
 * PostgreSQL and Kafka, shared by the tests of a JVM or in processes of their own. Settings come in; addresses go out.
 */
@NullMarked
package dev.fullstate.outbox.harness.server;

import org.jspecify.annotations.NullMarked;
