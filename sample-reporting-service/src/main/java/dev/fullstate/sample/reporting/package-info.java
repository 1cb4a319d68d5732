/**
 * An ordinary consumer with a database of its own, a package per stage. The events of the orders go in, reports come out; of the
 * outbox it knows the headers of its events and nothing else.
 */
@NullMarked
package dev.fullstate.sample.reporting;

import org.jspecify.annotations.NullMarked;
