/**
 * The pipelines of one process. What each of them has goes in; one of them, or the answers of all, come out.
 */
@NullMarked
package dev.fullstate.outbox.relay.pipelines;

import org.jspecify.annotations.NullMarked;
