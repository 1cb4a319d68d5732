/** A service that has been there for a while. */
package dev.fullstate.outbox.adoption;
