/**
 * Creates, migrates and checks the outbox's tables at the start. In comes an outbox that may not exist yet; out goes one that the
 * application can write to, or the failure of the start, with the statement that helps.
 */
@NullMarked
package dev.fullstate.outbox.schema;

import org.jspecify.annotations.NullMarked;
