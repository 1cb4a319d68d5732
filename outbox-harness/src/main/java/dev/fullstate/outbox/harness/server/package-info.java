/** PostgreSQL and Kafka, shared by the tests of a JVM or in processes of their own. Settings go in; addresses come out. */
@NullMarked
package dev.fullstate.outbox.harness.server;

import org.jspecify.annotations.NullMarked;
