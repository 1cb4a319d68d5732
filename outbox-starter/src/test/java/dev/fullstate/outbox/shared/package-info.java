/** Several entity classes on one table. */
@NullMarked
package dev.fullstate.outbox.shared;

import org.jspecify.annotations.NullMarked;
