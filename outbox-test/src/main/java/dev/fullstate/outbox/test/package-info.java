/**
 * Real servers and readable events for tests and dev mode: PostgreSQL and Kafka without Docker, or with it on request. Ports
 * and settings go in; connection details for Spring Boot, and the CloudEvents of a topic, come out.
 */
@NullMarked
package dev.fullstate.outbox.test;

import org.jspecify.annotations.NullMarked;
