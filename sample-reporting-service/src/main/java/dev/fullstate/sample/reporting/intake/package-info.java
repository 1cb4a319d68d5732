/**
 * From Kafka to the report. Raw records go in, events come out. A record that is not an event goes to the dead letters; one that cannot
 * be stored at the moment is tried again until it can.
 */
@NullMarked
package dev.fullstate.sample.reporting.intake;

import org.jspecify.annotations.NullMarked;
