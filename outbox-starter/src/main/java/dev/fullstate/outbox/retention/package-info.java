/**
 * The outbox's rows after they are published. In come the rows' ages and the relays' notes, out go empty leaves, a day at a time, and
 * the outbox's state: how much it holds, how far back it reaches and how far the relays are behind.
 */
@NullMarked
package dev.fullstate.outbox.retention;

import org.jspecify.annotations.NullMarked;
