/**
 * From Kafka to the report. In come raw records, out go events; what is no event goes to the dead letters, and what cannot be stored
 * now is tried again until it can.
 */
@NullMarked
package dev.fullstate.sample.reporting.intake;

import org.jspecify.annotations.NullMarked;
