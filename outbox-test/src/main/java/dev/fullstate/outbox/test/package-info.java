/**
 * Real servers and readable events for tests and dev mode: PostgreSQL and Kafka without Docker, or with it on request. In
 * come ports and settings, out go connection details for Spring Boot and the CloudEvents that a topic holds.
 */
@NullMarked
package dev.fullstate.outbox.test;

import org.jspecify.annotations.NullMarked;
