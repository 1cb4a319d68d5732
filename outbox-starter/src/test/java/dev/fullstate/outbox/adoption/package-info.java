/** A service that has run for years without an outbox. */
package dev.fullstate.outbox.adoption;
