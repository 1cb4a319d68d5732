/**
 * The relay under faults. A database, a broker and a relay, each a process of its own with a proxy between them, and faults go in; the
 * events that were lost, repeated or reordered come out.
 */
@NullMarked
package dev.fullstate.outbox.faults;

import org.jspecify.annotations.NullMarked;
