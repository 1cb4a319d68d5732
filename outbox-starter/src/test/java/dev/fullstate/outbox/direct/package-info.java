/** Parts that do not know their owner, held in every way, and deleted past it. */
package dev.fullstate.outbox.direct;
