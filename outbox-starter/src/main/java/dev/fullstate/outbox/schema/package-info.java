/**
 * Creates, migrates and checks the outbox's tables at the start. An outbox that may not exist yet goes in; one that the
 * application can write to comes out, or the start fails with the statement that helps.
 */
@NullMarked
package dev.fullstate.outbox.schema;

import org.jspecify.annotations.NullMarked;
