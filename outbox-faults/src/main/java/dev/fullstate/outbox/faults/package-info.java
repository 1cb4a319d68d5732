/**
 * The relay under faults. In come a database, a broker and a relay, each a process of its own with a proxy between them, and what
 * happens to them; out goes what got lost, came twice or changed its order.
 */
@NullMarked
package dev.fullstate.outbox.faults;

import org.jspecify.annotations.NullMarked;
