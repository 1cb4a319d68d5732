/**
 * The commit that travels with the last statement (docs/adr/0043). A statement goes in while a transaction is completed; it is executed at
 * the place where Hibernate commits, after everything else that belongs to the transaction, in one request with the commit.
 */
@NullMarked
package dev.fullstate.outbox.commit;

import org.jspecify.annotations.NullMarked;
